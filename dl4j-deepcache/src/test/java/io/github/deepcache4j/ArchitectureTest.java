// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The package table of this module (design: architecture). */
class ArchitectureTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(
                            "io.github.deepcache4j.anatomy",
                            "io.github.deepcache4j.plan",
                            "io.github.deepcache4j.rewrite",
                            "io.github.deepcache4j.schedule",
                            "io.github.deepcache4j.forecast",
                            "io.github.deepcache4j.policy",
                            "io.github.deepcache4j.session",
                            "io.github.deepcache4j.calibration",
                            "io.github.deepcache4j.metrics",
                            "io.github.deepcache4j.report");

    @Test
    void onlyRewriteSeesSameDiff() {
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("io.github.deepcache4j.rewrite..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.nd4j.autodiff.."));
    }

    @Test
    void analysesAndDecisionsKnowNothingOfWhatFollowsThem() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage("..anatomy..", "..schedule..", "..metrics..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "..plan..", "..rewrite..", "..session..", "..calibration.."));
        check(
                noClasses()
                        .that()
                        .resideInAPackage("..plan..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("..rewrite..", "..session..", "..calibration.."));
    }

    @Test
    void forecastsAndPoliciesAreNumbersAlone() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage("..forecast..", "..policy..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "org.nd4j..",
                                "..engine..",
                                "..rewrite..",
                                "..session..",
                                "..calibration.."));
    }

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("io.github.deepcache4j.(*)..").should().beFreeOfCycles());
    }

    @Test
    void namesSayWhatAClassIs() {
        check(
                noClasses()
                        .should()
                        .haveSimpleNameEndingWith("Util")
                        .orShould()
                        .haveSimpleNameEndingWith("Helper")
                        .orShould()
                        .haveSimpleNameEndingWith("Manager")
                        .orShould()
                        .haveSimpleNameEndingWith("Impl"));
        check(
                classes()
                        .that()
                        .arePublic()
                        .and()
                        .areNotInterfaces()
                        .and()
                        .areNotEnums()
                        .and()
                        .areTopLevelClasses()
                        .should()
                        .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }
}
