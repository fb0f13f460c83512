// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Samples as pictures for a page, one for each, pixel for pixel: the page enlarges small ones by a
 * whole factor, so that they stay crisp, and breaks the row where the screen ends.
 */
public final class SamplePictures {

    private static final int SIDE_ON_SCREENS = 96;
    private static final int SIDE_ON_PHONES = 64;

    private final int width;
    private final int height;
    private final List<byte[]> pngs;

    private SamplePictures(int width, int height, List<byte[]> pngs) {
        this.width = width;
        this.height = height;
        this.pngs = pngs;
    }

    /**
     * Draws them as {@link ImageGrid} does.
     *
     * @param samples {@code [batch, channels, height, width]} or {@code [batch, height, width,
     *     channels]}
     */
    public static SamplePictures of(INDArray samples) {
        INDArray images = ImageGrid.channelsFirst(samples);
        int width = (int) images.size(3);
        int height = (int) images.size(2);
        BufferedImage column = ImageGrid.draw(images, 1, 1, 0);
        List<byte[]> pngs = new ArrayList<>();
        for (int image = 0; image < images.size(0); image++) {
            pngs.add(ImageGrid.png(column.getSubimage(0, image * height, width, height)));
        }
        return new SamplePictures(width, height, pngs);
    }

    /**
     * The HTML.
     *
     * @param description for those who cannot see them
     */
    String html(String description) {
        int side = Math.max(width, height);
        StringBuilder html = new StringBuilder();
        html.append("<div class=\"pictures\" style=\"--side:")
                .append(width)
                .append("px;--screen:")
                .append(Math.max(1, SIDE_ON_SCREENS / side))
                .append(";--phone:")
                .append(Math.max(1, SIDE_ON_PHONES / side))
                .append("\">");
        for (int image = 0; image < pngs.size(); image++) {
            html.append("<img alt=\"")
                    .append(Markup.escaped(description + ", image " + image))
                    .append("\" src=\"")
                    .append(PageFrame.dataUri(pngs.get(image)))
                    .append("\">");
        }
        return html.append("</div>\n").toString();
    }
}
