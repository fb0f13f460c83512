// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the command may look like from outside, and what it may know. */
class ArchitectureTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.github.deepcache4j");

    @Test
    void onlyTheCommandItselfIsPublic() {
        classes()
                .that()
                .resideInAPackage("..cli..")
                .and()
                .arePublic()
                .should()
                .haveSimpleName("DeepCacheCommand")
                .check(CLASSES);
    }

    @Test
    void librariesDoNotKnowTheCommand() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..cli..")
                .check(CLASSES);
    }

    @Test
    void graphsAreBuiltAndChangedByTheLibraries() {
        noClasses()
                .that()
                .resideInAPackage("..cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.nd4j.autodiff.functions..", "org.nd4j.linalg.api.ops..")
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAClassIs() {
        classes()
                .that()
                .resideInAPackage("..cli..")
                .and()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .should()
                .haveModifier(JavaModifier.FINAL)
                .andShould()
                .haveNameNotMatching(".*(Util|Helper|Manager|Impl)")
                .check(CLASSES);
    }
}
