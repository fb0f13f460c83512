// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One ND4J operation with its context filled once: arguments, operands and results are frozen, so a
 * call costs about a microsecond, and no shape function runs.
 */
public final class Nd4jExecution {

    private final DifferentialFunction function;
    private final OpContext context;

    private Nd4jExecution(DifferentialFunction function, OpContext context) {
        this.function = function;
        this.context = context;
    }

    /**
     * @param function belongs to this execution from now on
     * @param inputs kept, as ND4J's context does not
     */
    public static Nd4jExecution of(
            DifferentialFunction function, List<INDArray> inputs, List<INDArray> outputs) {
        OpContext context = Nd4j.getExecutioner().buildContext();
        List<INDArray> operands = inputs;
        if (function instanceof CustomOp op) {
            context.setIArguments(op.iArgs());
            context.setTArguments(op.tArgs());
            context.setBArguments(op.bArgs());
            context.setDArguments(op.dArgs());
            context.shapeFunctionOverride(true);
        } else if (function instanceof BaseReduceOp reduce && inputs.size() == 2) {
            reduce.setDimensions(
                    org.nd4j.linalg.api.shape.Shape.normalizeAxis(
                            inputs.get(0).rank(), inputs.get(1).toIntVector()));
            operands = inputs.subList(0, 1);
        }
        for (int i = 0; i < operands.size(); i++) {
            context.setInputArray(i, operands.get(i));
        }
        for (int i = 0; i < outputs.size(); i++) {
            context.setOutputArray(i, outputs.get(i));
        }
        return new Nd4jExecution(function, context);
    }

    public void run() {
        if (function instanceof CustomOp op) {
            Nd4j.exec(op, context);
        } else {
            Nd4j.exec((Op) function, context);
        }
    }

    public String name() {
        return function.opName();
    }
}
