// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

/** An {@code svg} element of a page, made a document of its own: name space, colours, ground. */
final class StandaloneSvg {

    private static final String START = "<svg ";

    private StandaloneSvg() {}

    /**
     * The document.
     *
     * @param element begins with {@code <svg} and its attributes
     */
    static String of(String element) {
        int content = element.indexOf('>');
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" style=\"background: var(--page)\" "
                + element.substring(START.length(), content)
                + "><style>"
                + PageFrame.PALETTE
                + "</style>"
                + element.substring(content + 1);
    }
}
