// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.onnx.ConformanceCase.Kind;
import io.github.deepcache4j.importer.onnx.ConformanceOutcome.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The results of all conformance cases, as docs/conformance.md shows them. */
final class ConformanceTable {

    private final Map<String, ConformanceCase> cases = new TreeMap<>();
    private final Map<String, ConformanceOutcome> outcomes = new TreeMap<>();

    void add(ConformanceCase test, ConformanceOutcome outcome) {
        cases.put(test.name(), test);
        outcomes.put(test.name(), outcome);
    }

    long count(Verdict verdict, Predicate<ConformanceCase> which) {
        return cases.values().stream()
                .filter(which)
                .filter(test -> outcomes.get(test.name()).verdict() == verdict)
                .count();
    }

    String markdown() {
        List<String> lines = new ArrayList<>();
        lines.add("# Conformance");
        lines.add("");
        lines.add(
                "Node cases of the ONNX project (`onnx.backend.test.case.node`, onnx 1.23), imported"
                        + " and run with each case's own tolerances. Written by `ConformanceTest`;"
                        + " `-Dconformance.write=true` writes it anew.");
        lines.add("");
        lines.add("| cases | passed | refused | wrong | total | passed % |");
        lines.add("|---|---:|---:|---:|---:|---:|");
        lines.add(
                summary(
                        "promised operators; float32, double, int32, int64, bool",
                        test -> test.kind() == Kind.REQUIRED));
        lines.add(
                summary("promised operators; other types", test -> test.kind() == Kind.OTHER_TYPE));
        lines.add(summary("training modes", test -> test.kind() == Kind.TRAINING));
        lines.add(summary("other operators", test -> test.kind() == Kind.OTHER_OPERATOR));
        lines.add(summary("all", test -> true));
        lines.add("");
        lines.add("## Promised operators");
        lines.add("");
        lines.add(
                "A case counts for the operator that it is about, also where it spells it out in"
                        + " simpler ones. In brackets: of these, cases with other element types.");
        lines.add("");
        lines.add("| operator | passed | refused | total |");
        lines.add("|---|---:|---:|---:|");
        cases.values().stream()
                .filter(test -> test.kind() != Kind.OTHER_OPERATOR)
                .map(ConformanceCase::operator)
                .distinct()
                .sorted()
                .map(this::row)
                .forEach(lines::add);
        lines.add("");
        lines.add("## Refused, though the types are supported");
        lines.add("");
        cases.values().stream()
                .filter(test -> test.kind() == Kind.REQUIRED)
                .filter(test -> outcomes.get(test.name()).verdict() == Verdict.REFUSED)
                .map(test -> "- `" + test.name() + "`: " + reason(test))
                .forEach(lines::add);
        return String.join("\n", lines) + "\n";
    }

    private String reason(ConformanceCase test) {
        String message = outcomes.get(test.name()).detail();
        return message.replaceFirst("^[^:]*: ", "").replaceFirst("\\. Register an OnnxOp.*", "");
    }

    private String summary(String what, Predicate<ConformanceCase> which) {
        long passed = count(Verdict.PASSED, which);
        long refused = count(Verdict.REFUSED, which);
        long wrong = count(Verdict.WRONG, which);
        long total = passed + refused + wrong;
        return String.format(
                java.util.Locale.ROOT,
                "| %s | %d | %d | %d | %d | %.1f |",
                what,
                passed,
                refused,
                wrong,
                total,
                100.0 * passed / total);
    }

    private String row(String operator) {
        Predicate<ConformanceCase> own = test -> test.operator().equals(operator);
        Predicate<ConformanceCase> other = own.and(test -> test.kind() == Kind.OTHER_TYPE);
        return "| "
                + operator
                + " | "
                + number(count(Verdict.PASSED, own), count(Verdict.PASSED, other))
                + " | "
                + number(count(Verdict.REFUSED, own), count(Verdict.REFUSED, other))
                + " | "
                + number(
                        cases.values().stream().filter(own).count(),
                        cases.values().stream().filter(other).count())
                + " |";
    }

    private static String number(long all, long withOtherTypes) {
        return withOtherTypes == 0 ? String.valueOf(all) : all + " (" + withOtherTypes + ")";
    }
}
