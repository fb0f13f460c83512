// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.unet.UNet;

/** Which axis of a boundary counts channels. */
final class ChannelAxis {

    private ChannelAxis() {}

    /**
     * The axis of channels: 1 unless the two axes before the last shrink as the sample's do, and
     * the last two do not (channels last).
     */
    static int of(UNet unet, CachePlan plan) {
        Shape sample = unet.ports().sample().shape();
        Shape boundary = plan.boundaryShape();
        if (sample.rank() != 4 || boundary.rank() != 4) {
            return boundary.rank() - 1;
        }
        return alike(sample, boundary, 1) && !alike(sample, boundary, 2) ? 3 : 1;
    }

    /** Whether axes {@code first} and {@code first + 1} are smaller by one factor. */
    private static boolean alike(Shape sample, Shape boundary, int first) {
        return sample.size(first) * boundary.size(first + 1)
                        == sample.size(first + 1) * boundary.size(first)
                && sample.size(first) >= boundary.size(first);
    }
}
