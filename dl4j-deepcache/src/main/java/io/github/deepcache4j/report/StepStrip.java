// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import io.github.deepcache4j.session.StepEvent;

/** The kind of every step as a row of bars: tall for full, short for cached. */
final class StepStrip {

    static final String KEY =
            "<p class=\"key\"><i class=\"full\"></i> full step (tall) &nbsp; <i></i> cached step"
                    + " (short; the deeper the branch, the taller)</p>";

    private StepStrip() {}

    static String of(RunReport run) {
        StringBuilder strip = new StringBuilder("<div class=\"strip\" role=\"img\" aria-label=\"");
        strip.append(run.fullSteps())
                .append(" full steps of ")
                .append(run.steps().size())
                .append("\">");
        for (RunReport.StepRow step : run.steps()) {
            strip.append("<i")
                    .append(step.kind() == StepEvent.Kind.FULL ? " class=\"full\"" : height(step))
                    .append(" title=\"step ")
                    .append(step.index())
                    .append(", ")
                    .append(step.label())
                    .append("\"></i>");
        }
        return strip.append("</div>\n").toString();
    }

    /** A deeper branch computes more: a taller bar, but never as tall as a full step's. */
    private static String height(RunReport.StepRow step) {
        if (step.kind() == StepEvent.Kind.SKIPPED) {
            return " style=\"height: 2px\"";
        }
        return step.branch() <= 0
                ? ""
                : " style=\"height: " + Math.min(12, 6 + 2 * step.branch()) + "px\"";
    }
}
