// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import io.github.deepcache4j.session.StepEvent;

/** The kind of every step as a row of bars: tall for full, short for cached. */
final class StepStrip {

    static final String KEY =
            "<p class=\"key\"><i class=\"full\"></i> full step (tall) &nbsp; <i></i> cached step"
                    + " (short)</p>";

    private StepStrip() {}

    static String of(RunReport run) {
        StringBuilder strip = new StringBuilder("<div class=\"strip\" role=\"img\" aria-label=\"");
        strip.append(run.fullSteps())
                .append(" full steps of ")
                .append(run.steps().size())
                .append("\">");
        for (RunReport.StepRow step : run.steps()) {
            boolean full = step.kind() == StepEvent.Kind.FULL;
            strip.append("<i")
                    .append(full ? " class=\"full\"" : "")
                    .append(" title=\"step ")
                    .append(step.index())
                    .append(full ? ", full" : ", cached")
                    .append("\"></i>");
        }
        return strip.append("</div>\n").toString();
    }
}
