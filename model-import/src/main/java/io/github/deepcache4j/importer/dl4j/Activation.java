// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

/**
 * What a vertex gives to the next ones. Images and sequences are channels first in the graph
 * whatever the network's format is, so that the format costs nothing inside.
 *
 * @param tensor its name in the graph
 * @param rank 2 (features), 3 (sequences) or 4 (images)
 * @param channelsLast whether DL4J's array has the channels behind the other axes
 */
record Activation(String tensor, int rank, boolean channelsLast) {

    Activation with(String other) {
        return new Activation(other, rank, channelsLast);
    }
}
