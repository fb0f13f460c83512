// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import io.github.deepcache4j.unet.UNetPorts.Port;

/**
 * What goes through a network of images, and what comes out.
 *
 * @param sample the input that has the prediction's height and width
 * @param output the prediction
 */
public record ImagePorts(Port sample, Port output) {}
