// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

/** Text inside HTML and XML. */
final class Markup {

    private Markup() {}

    /** Fit for an element or a quoted attribute; what XML cannot hold at all becomes a mark. */
    static String escaped(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\t\n\r]]", "\uFFFD")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
