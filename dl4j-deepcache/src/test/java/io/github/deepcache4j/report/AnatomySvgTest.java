// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.Level;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.anatomy.UNetAnatomy;
import io.github.deepcache4j.testing.HandWrittenUNet;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class AnatomySvgTest {

    /** Fewer pixels than a character of any monospaced font at 12 px takes. */
    private static final double NARROW = 6.5;

    private static UNetAnatomy anatomy() {
        AnatomyResult result = SkipFinder.find(HandWrittenUNet.nchw(2));
        return ((AnatomyResult.Found) result).anatomy();
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void levelsHoldAllBranchesAndAllOfTheCost() {
        UNetAnatomy anatomy = anatomy();
        List<Level> levels = anatomy.levels();
        assertEquals(List.of(8L, 8L), levels.get(0).sides());
        assertEquals(List.of(4L, 4L), levels.get(1).sides());
        assertEquals(List.of(2L, 2L), levels.get(2).sides());
        assertEquals(List.of(1, 1, 0), levels.stream().map(each -> each.skips().size()).toList());
        assertEquals(0, levels.get(0).skips().get(0).branch());
        long macs = levels.stream().mapToLong(each -> each.downMacs() + each.upMacs()).sum();
        // the rest is the time embedding, which has no resolution
        assertTrue(macs <= anatomy.fullMacs().weights());
        assertTrue(macs > 0.9 * anatomy.fullMacs().weights());
    }

    @Test
    void namesEveryBranchInsideThePicture() throws Exception {
        Document svg = parsed(AnatomySvg.draw(anatomy(), "small"));
        Element root = svg.getDocumentElement();
        String text = root.getTextContent();
        for (String name : List.of("down0", "up0", "down1", "up1", "(concat)")) {
            assertTrue(text.contains(name), name);
        }
        double width = Double.parseDouble(root.getAttribute("width"));
        double height = Double.parseDouble(root.getAttribute("height"));
        NodeList texts = svg.getElementsByTagName("text");
        for (int i = 0; i < texts.getLength(); i++) {
            Element each = (Element) texts.item(i);
            double x = Double.parseDouble(each.getAttribute("x"));
            double length = each.getTextContent().length() * NARROW;
            String anchor = each.getAttribute("text-anchor");
            double left =
                    anchor.equals("end")
                            ? x - length
                            : anchor.equals("middle") ? x - length / 2 : x;
            assertTrue(left >= 0 && left + length <= width, each.getTextContent());
            assertTrue(Double.parseDouble(each.getAttribute("y")) < height);
        }
    }

    @Test
    void textCannotBreakOutOfThePicture() throws Exception {
        String title = "a<b>&\"c\" \u0001 </svg>";
        Document svg = parsed(AnatomySvg.draw(anatomy(), title));
        assertEquals(
                "a<b>&\"c\" \uFFFD </svg>",
                svg.getElementsByTagName("title").item(0).getTextContent());
    }
}
