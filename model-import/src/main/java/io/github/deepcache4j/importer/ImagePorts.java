// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import io.github.deepcache4j.unet.UNetPorts.Port;

/**
 * Between which tensors a U-Net without a timestep, such as a segmentation network, works.
 *
 * @param sample the input image, {@code [batch, channels, height, width]}
 * @param output of the same height and width
 */
public record ImagePorts(Port sample, Port output) {}
