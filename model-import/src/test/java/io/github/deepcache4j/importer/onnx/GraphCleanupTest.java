// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.ShapeInference;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** {@link MergeReshapes} and {@link DropDeadOps}: what goes, and that no output goes or changes. */
class GraphCleanupTest {

    private final SameDiff sameDiff = SameDiff.create();
    private final SDVariable x = sameDiff.placeHolder("x", DataType.FLOAT, 2, 6, 4);
    private final INDArray input = Nd4j.linspace(1, 48, 48, DataType.FLOAT).reshape(2, 6, 4);

    private void clean(String... outputs) {
        MergeReshapes.apply(sameDiff, new ShapeInference(sameDiff, Map.of()));
        DropDeadOps.apply(sameDiff, List.of(outputs));
    }

    private List<String> operations() {
        return sameDiff.getOps().values().stream().map(op -> op.getOp().opName()).toList();
    }

    private INDArray output(String name) {
        return sameDiff.output(Map.of("x", input), name).get(name);
    }

    @Test
    void reshapesInARowAreOne() {
        SDVariable last = sameDiff.reshape(sameDiff.reshape(sameDiff.reshape(x, 48), 3, 16), 4, 12);
        sameDiff.math().neg("y", last);
        clean("y");
        assertEquals(List.of("reshape", "neg"), operations());
        assertEquals(input.reshape(4, 12).neg(), output("y"));
    }

    @Test
    void reshapeBackIsNone() {
        sameDiff.math().neg("y", sameDiff.reshape(sameDiff.reshape(x, 12, 4), 2, 6, 4));
        clean("y");
        assertEquals(List.of("neg"), operations());
        assertEquals(input.neg(), output("y"));
    }

    @Test
    void reshapeThatIsAnOutputStaysUnderItsName() {
        SDVariable inner = sameDiff.reshape(x, 12, 4).rename("inner");
        SDVariable back = sameDiff.reshape(inner, 2, 6, 4).rename("back");
        sameDiff.math().neg("y", back);
        clean("inner", "back", "y");
        assertEquals(List.of("reshape", "reshape", "neg"), operations());
        assertEquals(input.reshape(12, 4), output("inner"));
        assertEquals(input, output("back"));
        assertEquals(input.neg(), output("y"));
    }

    @Test
    void reshapeWithAnotherReaderStays() {
        SDVariable inner = sameDiff.reshape(x, 12, 4);
        sameDiff.math().neg("y", inner);
        sameDiff.math().neg("z", sameDiff.reshape(inner, 4, 12));
        clean("y", "z");
        assertEquals(2, operations().stream().filter("reshape"::equals).count());
        assertEquals(input.reshape(12, 4).neg(), output("y"));
        assertEquals(input.reshape(4, 12).neg(), output("z"));
    }

    /** Elements change places between the two. */
    @Test
    void reshapesAroundAPermuteStay() {
        SDVariable turned = sameDiff.permute(sameDiff.reshape(x, 12, 4), 1, 0);
        sameDiff.math().neg("y", sameDiff.reshape(turned, 2, 6, 4));
        clean("y");
        assertEquals(List.of("reshape", "permute", "reshape", "neg"), operations());
        assertEquals(
                input.reshape(12, 4).permute(1, 0).dup('c').reshape(2, 6, 4).neg(), output("y"));
    }

    @Test
    void whatNoOutputNeedsGoes() {
        SDVariable weights = sameDiff.constant("weights", Nd4j.ones(DataType.FLOAT, 2, 6, 4));
        SDVariable spare = sameDiff.constant("spare", Nd4j.ones(DataType.FLOAT, 2, 6, 4));
        sameDiff.placeHolder("unused", DataType.FLOAT, 1);
        SDVariable sum = x.add("sum", weights);
        SDVariable dead = sum.mul("dead", spare);
        sameDiff.math().neg("deader", dead);
        sameDiff.math().neg("y", sum);
        clean("y");
        assertEquals(List.of("add", "neg"), operations());
        assertEquals(
                Set.of("x", "unused", "weights", "sum", "y"), sameDiff.getVariables().keySet());
        assertFalse(sameDiff.getConstantArrays().hasArray("spare"));
        assertTrue(sameDiff.getConstantArrays().hasArray("weights"));
        assertEquals(
                List.of(sameDiff.getVariables().get("y").getOutputOfOp()),
                sameDiff.getVariables().get("sum").getInputsForOp());
        assertEquals(input.add(1).neg(), output("y"));
    }

    /** One part is needed, so the operation is, and its other parts keep their variables. */
    @Test
    void partsOfAnOperationStayTogether() {
        SDVariable[] parts = sameDiff.split(x, 2, 1);
        sameDiff.math().neg("y", parts[1]);
        clean("y");
        assertEquals(List.of("split", "neg"), operations());
        assertTrue(sameDiff.hasVariable(parts[0].name()));
        INDArray second = input.get(NDArrayIndex.all(), NDArrayIndex.interval(3, 6));
        assertEquals(second.neg(), output("y"));
    }
}
