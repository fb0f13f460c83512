// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * The columns in which compared runs are written, for people and for programs, in every format the
 * same.
 */
public final class ComparisonTable {

    /**
     * A column.
     *
     * @param key its name in files
     * @param title its name for people
     * @param value all digits, for files; empty if there is none
     * @param text rounded, for people
     */
    private record Column(
            String key,
            String title,
            Function<ComparedRun, String> value,
            Function<ComparedRun, String> text) {

        /** A number; what is not there is empty in files. */
        static Column number(
                String key, String title, int decimals, Function<ComparedRun, OptionalDouble> of) {
            return new Column(
                    key,
                    title,
                    run -> {
                        OptionalDouble value = of.apply(run);
                        return value.isEmpty()
                                ? ""
                                : String.valueOf(value.getAsDouble()).replace("Infinity", "inf");
                    },
                    run -> ComparedRun.number(of.apply(run), decimals));
        }

        static Column plain(String key, String title, Function<ComparedRun, String> of) {
            return new Column(key, title, of, of);
        }
    }

    private static final List<Column> COLUMNS =
            List.of(
                    Column.plain("sampler", "sampler", ComparedRun::sampler),
                    Column.plain(
                            "branch",
                            "branch",
                            run -> run.branch().isPresent() ? "" + run.branch().getAsInt() : ""),
                    Column.plain(
                            "interval",
                            "N",
                            run ->
                                    run.interval().isPresent()
                                            ? "" + run.interval().getAsInt()
                                            : ""),
                    Column.plain("policy", "policy", ComparedRun::policy),
                    Column.plain("fullSteps", "full", run -> "" + run.run().fullSteps()),
                    Column.plain("cachedSteps", "cached", run -> "" + run.run().cachedSteps()),
                    new Column(
                            "macs",
                            "MACs",
                            run -> String.valueOf(run.run().macs()),
                            run -> Amount.percent(run.costShare())),
                    number("predictedSpeedup", "predicted", 2, run -> run.run().predictedSpeedup()),
                    number("speedup", "speed-up", 2, ComparedRun::speedup),
                    number("millisPerImage", "ms/image", 1, ComparedRun::millisPerImage),
                    Column.number("psnr", "PSNR dB", 1, run -> run.difference().psnr()),
                    Column.number("ssim", "SSIM", 4, run -> run.difference().ssim()),
                    number("rms", "RMS", 4, run -> run.difference().rms()),
                    number("relativeL1", "rel. L1", 4, run -> run.difference().relativeL1()),
                    number("relativeL2", "rel. L2", 4, run -> run.difference().relativeL2()),
                    Column.number("frechet", "Fréchet", 3, ComparedRun::frechet),
                    Column.number("accuracy", "accuracy", 3, ComparedRun::accuracy));

    private ComparisonTable() {}

    private static Column number(
            String key, String title, int decimals, Function<ComparedRun, Double> of) {
        return Column.number(key, title, decimals, run -> OptionalDouble.of(of.apply(run)));
    }

    /** The columns that say something of these runs; relative L1 errors are for programs alone. */
    private static List<Column> columns(List<ComparedRun> runs) {
        return COLUMNS.stream()
                .filter(column -> !column.key().equals("relativeL1"))
                .filter(
                        column ->
                                runs.stream()
                                        .map(column.text())
                                        .anyMatch(text -> !text.isEmpty() && !text.equals("–")))
                .toList();
    }

    /** Rows of text for people: the titles, then the runs; columns without a value are left out. */
    public static List<List<String>> rows(List<ComparedRun> runs) {
        List<Column> columns = columns(runs);
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns.stream().map(Column::title).toList());
        for (ComparedRun run : runs) {
            rows.add(columns.stream().map(column -> column.text().apply(run)).toList());
        }
        return rows;
    }

    /** A table in Markdown. */
    public static String markdown(List<ComparedRun> runs) {
        List<List<String>> rows = rows(runs);
        StringBuilder table = new StringBuilder();
        for (int row = 0; row < rows.size(); row++) {
            table.append("| ").append(String.join(" | ", rows.get(row))).append(" |\n");
            if (row == 0) {
                table.append("|---".repeat(rows.get(0).size())).append("|\n");
            }
        }
        return table.toString();
    }

    /** Comma-separated values with all digits (RFC 4180); what does not apply is empty. */
    public static String csv(List<ComparedRun> runs) {
        StringBuilder csv = new StringBuilder();
        csv.append(String.join(",", COLUMNS.stream().map(Column::key).toList())).append("\r\n");
        for (ComparedRun run : runs) {
            csv.append(
                            String.join(
                                    ",",
                                    COLUMNS.stream()
                                            .map(column -> quoted(column.value().apply(run)))
                                            .toList()))
                    .append("\r\n");
        }
        return csv.toString();
    }

    /** The relative errors of every step of every run, comma-separated. */
    public static String stepsCsv(List<ComparedRun> runs) {
        StringBuilder csv =
                new StringBuilder(
                        "sampler,branch,interval,policy,step,kind,relativeL1,relativeL2\r\n");
        List<Column> names = COLUMNS.subList(0, 4);
        for (ComparedRun run : runs) {
            List<String> kinds = run.kinds();
            for (ComparedRun.StepDifference step : run.steps()) {
                names.forEach(column -> csv.append(quoted(column.value().apply(run))).append(','));
                String kind = step.step() < kinds.size() ? kinds.get(step.step()) : "end";
                csv.append(step.step())
                        .append(',')
                        .append(quoted(kind))
                        .append(',')
                        .append(step.relativeL1())
                        .append(',')
                        .append(step.relativeL2())
                        .append("\r\n");
            }
        }
        return csv.toString();
    }

    private static String quoted(String value) {
        return value.matches("[^,\"\r\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
    }
}
