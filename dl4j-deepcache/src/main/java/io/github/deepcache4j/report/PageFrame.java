// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.util.Base64;
import java.util.Map;

/** What the HTML pages have in common: head, style, pictures inside the page, provenance. */
final class PageFrame {

    /** Colours by name, for light and dark. */
    static final String PALETTE =
            """
            :root { color-scheme: light dark; --ink: #1c2733; --weak: #5b6b7a; --page: #ffffff;
                    --rule: #d5dce3; --shade: rgba(20, 30, 40, .28); --full: #c2501c; --cached: #7f9ab3;
                    --s0: #1f5f99; --s1: #b4460f; --s2: #2c7a3f; --s3: #8a3d9c;
                    --s4: #6b6200; --s5: #b02a4c; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e3e9ef; --weak: #9aabbb; --page: #14191f;
                      --rule: #37434f; --shade: rgba(0, 0, 0, .75); --full: #e8824f; --cached: #5c7a96;
                      --s0: #7fb9ea; --s1: #f0955f; --s2: #7fcf92; --s3: #d49ae2;
                      --s4: #d6c95a; --s5: #f28ba6; }
            }
            """;

    private static final String STYLE =
            PALETTE
                    + """
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
                   padding: 0 1rem; color: var(--ink); background: var(--page); }
            /* a shadow at an edge says that there is more behind it */
            .wide { overflow-x: auto; background:
                linear-gradient(to right, var(--page) 40%, transparent) left / 2rem 100% local,
                linear-gradient(to left, var(--page) 40%, transparent) right / 2rem 100% local,
                linear-gradient(to right, var(--shade), transparent) left / .7rem 100%,
                linear-gradient(to left, var(--shade), transparent) right / .7rem 100%;
              background-repeat: no-repeat; }
            table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
            th, td { padding: .3rem .8rem; text-align: right; white-space: nowrap;
                     border-bottom: 1px solid var(--rule); }
            th:first-child, td:first-child { text-align: left; padding-left: 0; }
            .many { font-size: .75rem; }
            .many th, .many td { padding: .25rem .32rem; }
            .many th:first-child, .many td:first-child { padding-left: 0; }
            .pictures { display: flex; flex-wrap: wrap; gap: 2px; --zoom: var(--screen); }
            .pictures img { display: block; width: calc(var(--side) * var(--zoom));
                            max-width: 100%; image-rendering: pixelated; }
            .strip { display: flex; gap: 1px; margin: .4rem 0; height: 16px; align-items: flex-end; }
            .strip i { flex: 1; height: 6px; background: var(--cached); }
            .strip i.full { height: 16px; background: var(--full); }
            .key i { display: inline-block; width: 8px; height: 6px; background: var(--cached); }
            .key i.full { height: 16px; background: var(--full); }
            .charts { display: grid; gap: 1rem;
                      grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); }
            figure { margin: 0; } figure svg { display: block; width: 100%; height: auto; }
            figcaption { color: var(--weak); font-size: .875rem; overflow-wrap: anywhere; }
            .large { grid-template-columns: minmax(0, 36rem); }
            .maps { grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr));
                    margin-top: 1rem; }
            h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
            h2 { margin: 2rem 0 .3rem; font-size: 1.2rem; }
            h3 { margin: 1.4rem 0 .2rem; font-size: 1rem; }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
            dt { color: var(--weak); } dd { margin: 0; overflow-wrap: anywhere; }
            @media (max-width: 40rem) {
              body { margin-top: 1rem; }
              table { font-size: .75rem; }
              th, td { padding: .3rem .22rem; vertical-align: bottom; }
              th { white-space: normal; }
              .pictures { --zoom: var(--phone); }
              dl { display: block; } dd { margin-bottom: .3rem; }
            }
            """;

    private PageFrame() {}

    static void open(StringBuilder page, String title, String introduction) {
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
                .append(
                        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>")
                .append(Markup.escaped(title))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(Markup.escaped(title))
                .append("</h1>\n<p>")
                .append(Markup.escaped(introduction))
                .append("</p>\n");
    }

    static String dataUri(byte[] png) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    static void close(StringBuilder page, Map<String, Object> provenance) {
        page.append("<h2>How these were made</h2>\n<dl>");
        provenance.forEach(
                (name, value) ->
                        page.append("<dt>")
                                .append(Markup.escaped(name))
                                .append("</dt><dd>")
                                .append(Markup.escaped(String.valueOf(value)))
                                .append("</dd>"));
        page.append("</dl>\n</body></html>\n");
    }
}
