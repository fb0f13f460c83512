// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * How similar every pair of steps is, as a picture of one pixel a pair: light is similar, dark is
 * not, in light and dark pages alike, so that a print without colour says the same.
 */
public final class HeatMap {

    private static final int SIDE = 240;
    private static final int LEFT = 34;
    private static final int TOP = 8;
    private static final int SCALE = 14;

    /** Dark blue over purple and orange to pale yellow, ever lighter. */
    private static final int[] RAMP = {
        0x0b0724, 0x35115d, 0x6a1b6d, 0x9f2a63, 0xd2483c, 0xf37b1a, 0xf9b936, 0xfcfdbf
    };

    private HeatMap() {}

    /**
     * A map as a picture of its own, such as for a notebook.
     *
     * @param description for those who cannot see it
     * @param values square, such as {@code CosineSimilarity.ofAllPairs}; step 0 in the lower left
     *     corner
     * @return an SVG document
     */
    public static String svg(String description, double[][] values) {
        return StandaloneSvg.of(draw(description, values));
    }

    /**
     * Draws a map.
     *
     * @param values square; step 0 in the lower left corner
     * @return an {@code svg} element
     */
    static String draw(String description, double[][] values) {
        double low = 1;
        for (double[] row : values) {
            for (double value : row) {
                low = Math.min(low, Double.isFinite(value) ? value : low);
            }
        }
        low = Math.min(low, 0.999);
        int steps = values.length;
        StringBuilder svg = new StringBuilder(8 * 1024);
        int height = TOP + SIDE + 60;
        int width = LEFT + SIDE + 12;
        add(
                svg,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"system-ui, sans-serif\""
                        + " font-size=\"11\" fill=\"var(--ink)\"><title>%s</title>",
                width,
                height,
                Markup.escaped(description));
        picture(svg, TOP, SIDE, picture(values, low));
        for (int tick : new int[] {0, steps / 2, steps - 1}) {
            double along = (tick + 0.5) / steps * SIDE;
            text(svg, LEFT - 5, TOP + SIDE - along + 4, "end", String.valueOf(tick));
            text(svg, LEFT + along, TOP + SIDE + 13, "middle", String.valueOf(tick));
        }
        picture(svg, TOP + SIDE + 20, SCALE, scale());
        text(svg, LEFT, TOP + SIDE + 48, "start", Amount.fixed(low, 2));
        text(svg, LEFT + SIDE / 2.0, TOP + SIDE + 48, "middle", "cosine similarity");
        text(svg, LEFT + SIDE, TOP + SIDE + 48, "end", "1");
        return svg.append("</svg>\n").toString();
    }

    private static void picture(StringBuilder svg, int top, int height, BufferedImage image) {
        add(
                svg,
                "<image x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" preserveAspectRatio=\"none\""
                        + " style=\"image-rendering: pixelated\" href=\"%s\"/>",
                LEFT,
                top,
                SIDE,
                height,
                PageFrame.dataUri(png(image)));
    }

    private static BufferedImage picture(double[][] values, double low) {
        int steps = values.length;
        BufferedImage image = new BufferedImage(steps, steps, BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < steps; row++) {
            for (int column = 0; column < steps; column++) {
                double share = (values[row][column] - low) / (1 - low);
                image.setRGB(column, steps - 1 - row, colour(share));
            }
        }
        return image;
    }

    private static BufferedImage scale() {
        BufferedImage image = new BufferedImage(SIDE, 1, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < SIDE; x++) {
            image.setRGB(x, 0, colour(x / (SIDE - 1.0)));
        }
        return image;
    }

    /** Between the two nearest colours of the ramp; black for NaN. */
    private static int colour(double share) {
        double at = Math.max(0, Math.min(1, share)) * (RAMP.length - 1);
        if (Double.isNaN(at)) {
            return 0;
        }
        int below = Math.min((int) at, RAMP.length - 2);
        int colour = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int from = RAMP[below] >> shift & 0xff;
            int to = RAMP[below + 1] >> shift & 0xff;
            colour |= (int) Math.round(from + (to - from) * (at - below)) << shift;
        }
        return colour;
    }

    private static byte[] png(BufferedImage image) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(image, "png", bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        add(
                svg,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                x,
                y,
                anchor,
                Markup.escaped(text));
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
