// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.report.ComparedRun.Difference;
import io.github.deepcache4j.report.ComparedRun.StepDifference;
import io.github.deepcache4j.report.ComparisonPage.Picture;
import io.github.deepcache4j.report.ComparisonPage.Similarity;
import io.github.deepcache4j.session.StepEvent;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.xml.sax.InputSource;

/** The tables and the page of a comparison, from numbers made up here. */
class ComparisonPageTest {

    private static final int STEPS = 4;

    private static ComparedRun run(String policy, int interval, double psnr) {
        boolean uncached = policy.equals(ComparedRun.UNCACHED);
        List<StepEvent> events = new ArrayList<>();
        List<StepDifference> steps = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            boolean full = uncached || step % interval == 0;
            events.add(event(step, full));
            steps.add(new StepDifference(step, 0.01 * step, 0.02 * step));
        }
        steps.add(new StepDifference(STEPS, 0.2, 0.25));
        return new ComparedRun(
                "ddim 4",
                policy,
                uncached ? OptionalInt.empty() : OptionalInt.of(2),
                uncached ? OptionalInt.empty() : OptionalInt.of(interval),
                RunReport.of(events, 1.5, uncached ? 1 : 1.6, Map.of("model", "a<b>.onnx")),
                12.25,
                uncached ? 1 : 1.5,
                new Difference(
                        uncached ? OptionalDouble.empty() : OptionalDouble.of(psnr),
                        uncached ? OptionalDouble.empty() : OptionalDouble.of(0.9),
                        0.1,
                        0.2,
                        0.25),
                steps,
                OptionalDouble.of(3.5),
                OptionalDouble.empty());
    }

    private static StepEvent event(int step, boolean full) {
        StepEvent.Kind kind = full ? StepEvent.Kind.FULL : StepEvent.Kind.CACHED;
        return new StepEvent(step, "", 10 - step, kind, full ? -1 : 2, 0.1, full ? 100 : 25);
    }

    private static List<ComparedRun> runs() {
        return List.of(
                run(ComparedRun.UNCACHED, 1, 0),
                run(ComparedRun.PLAIN, 2, 31.25),
                run("odd, \"name\"", 1, Double.POSITIVE_INFINITY));
    }

    @Test
    void commaSeparatedValues() {
        String[] lines = ComparisonTable.csv(runs()).split("\r\n");
        assertEquals(
                "sampler,branch,interval,policy,fullSteps,cachedSteps,macs,predictedSpeedup,speedup,"
                        + "millisPerImage,psnr,ssim,rms,relativeL1,relativeL2,frechet,accuracy",
                lines[0]);
        assertEquals("ddim 4,,,uncached,4,0,400,1.0,1.0,12.25,,,0.1,0.2,0.25,3.5,", lines[1]);
        assertEquals(
                "ddim 4,2,2,plain,2,2,250,1.6,1.5,12.25,31.25,0.9,0.1,0.2,0.25,3.5,", lines[2]);
        assertTrue(lines[3].startsWith("ddim 4,2,1,\"odd, \"\"name\"\"\",4,0,400,"), lines[3]);
        assertTrue(lines[3].contains(",inf,"), lines[3]);
    }

    @Test
    void errorsOfEveryStep() {
        String[] lines = ComparisonTable.stepsCsv(runs()).split("\r\n");
        assertEquals(1 + 3 * (STEPS + 1), lines.length);
        assertEquals("ddim 4,2,2,plain,0,full,0.0,0.0", lines[6]);
        assertEquals("ddim 4,2,2,plain,1,cached@2,0.01,0.02", lines[7]);
        assertEquals("ddim 4,2,2,plain,4,end,0.2,0.25", lines[10]);
    }

    @Test
    void markdownLeavesOutColumnsWithoutValues() {
        String table = ComparisonTable.markdown(runs());
        assertFalse(table.contains("accuracy"), table);
        assertFalse(table.contains("L1"), "for programs alone");
        assertTrue(
                table.contains("| 31.2 | 0.9000 |") || table.contains("| 31.3 | 0.9000 |"), table);
        assertTrue(table.contains("| equal |"), table);
        List<String> lines = table.lines().toList();
        assertEquals(5, lines.size());
        assertEquals(1, lines.stream().map(line -> line.split("\\|").length).distinct().count());
    }

    @Test
    void kindOfEveryStep() {
        assertEquals(List.of("full", "cached@2", "full", "cached@2"), runs().get(1).kinds());
        assertEquals("plain N = 2, branch 2", runs().get(1).name());
    }

    @Test
    void page() throws Exception {
        double[][] similar = {{1, 0.5, 0.2}, {0.5, 1, 0.6}, {0.2, 0.6, 1}};
        List<Picture> pictures =
                runs().stream()
                        .map(run -> new Picture(run, SamplePictures.of(Nd4j.zeros(2, 1, 8, 8))))
                        .toList();
        String page =
                ComparisonPage.render(
                        "A & B",
                        "Two runs.",
                        pictures,
                        List.of(
                                new Similarity("ddim 4", 0, "up<1>", similar),
                                new Similarity("ddim 4", 1, "up2", similar)));
        assertTrue(page.contains("A &amp; B"));
        assertTrue(page.contains("prefers-color-scheme: dark"));
        assertTrue(page.contains("width=device-width"));
        assertTrue(page.contains("up&lt;1&gt;"));
        assertTrue(page.contains("a&lt;b&gt;.onnx"), "provenance");
        assertFalse(page.contains("http"), "nothing is loaded from elsewhere");
        assertEquals(3 * 2, page.split("<img ", -1).length - 1);
        assertEquals(3, page.split("class=\"strip\"", -1).length - 1);
        // cost, errors of branch 2, curves of two branches, two heat maps with their scales
        List<String> drawings =
                Pattern.compile("<svg.*?</svg>", Pattern.DOTALL)
                        .matcher(page)
                        .results()
                        .map(match -> match.group())
                        .toList();
        assertEquals(5, drawings.size());
        assertEquals(4, page.split("<image ", -1).length - 1);
        for (String drawing : drawings) {
            // well-formed, with a description, and no number that no viewer can draw
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(drawing)));
            assertTrue(drawing.contains("<title>"), drawing);
            assertFalse(drawing.contains("NaN") || drawing.contains("Infinity"), drawing);
        }
    }
}
