// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

/**
 * How an operator that cannot be imported exactly is reported: in the terms of the file it was read
 * from.
 *
 * @param unit what a node stands for in the file
 * @param advice what a person can do about it
 */
record Refusals(String unit, String advice) {

    /** Of ONNX files. */
    static final Refusals ONNX =
            new Refusals(
                    "node",
                    "Register an OnnxOp for it (docs/adding-an-operator.md), or export the model"
                            + " without it");

    String of(OnnxNode node, long opset, String reason) {
        String where =
                this == ONNX
                        ? unit + " " + node.name() + ", opset " + opset
                        : unit + " " + node.name();
        return "operator " + node.qualifiedOp() + " (" + where + "): " + reason + ". " + advice;
    }
}
