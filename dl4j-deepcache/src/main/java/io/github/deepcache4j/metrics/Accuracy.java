// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.metrics;

/** Share of images that a classifier takes for what they were meant to be. */
public final class Accuracy {

    private Accuracy() {}

    /**
     * The share of equal classes, 0 to 1.
     *
     * @param classes that the classifier saw
     * @param wanted that the images were conditioned on
     * @throws IllegalArgumentException if the numbers of images differ or are 0
     */
    public static double of(int[] classes, int[] wanted) {
        if (classes.length != wanted.length || classes.length == 0) {
            throw new IllegalArgumentException(
                    "accuracy needs one wanted class for each image, not "
                            + wanted.length
                            + " for "
                            + classes.length
                            + " images");
        }
        int right = 0;
        for (int i = 0; i < classes.length; i++) {
            right += classes[i] == wanted[i] ? 1 : 0;
        }
        return (double) right / classes.length;
    }
}
