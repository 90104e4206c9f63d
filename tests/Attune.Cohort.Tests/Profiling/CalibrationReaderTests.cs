using Attune.Cohort.Profiling;
using Attune.Kernels;

namespace Attune.Cohort.Tests.Profiling;

public sealed class CalibrationReaderTests
{
    private readonly CalibrationReader reader = new(
        new NetworkValue("x", new TensorType(DataType.Float32, Shape.Of(1, 2, 3))), new NetworkValue("y", new TensorType(DataType.Float32, Shape.Of(1, 10))));

    [Fact]
    public void Arrays_hold_one_sample_or_several()
    {
        CalibrationSet set = reader.Read(
            [("one", Floats(1, 2, 3)), ("three", Floats(3, 2, 3))], ("labels", Tensor.Of(Shape.Of(4), new long[] { 0, 1, 2, 9 }))).Value.ShouldNotBeNull();
        set.Inputs.Select(input => input.Length).ShouldBe([6, 6, 6, 6]);
        set.Inputs[2].ShouldBe([6, 7, 8, 9, 10, 11]);
        set.Labels.ShouldBe([0, 1, 2, 9]);
        set.IsRandom.ShouldBeFalse();
    }

    [Fact]
    public void Made_up_samples_are_the_same_for_the_same_seed()
    {
        CalibrationSet set = reader.Random(3, 5);
        set.IsRandom.ShouldBeTrue();
        set.Inputs.Length.ShouldBe(3);
        set.Inputs[1].ShouldBe(reader.Random(1, 6).Inputs[0]);
        set.Inputs[1].ShouldNotBe(set.Inputs[0]);
    }

    [Fact]
    public void What_does_not_fit_the_network_is_named()
    {
        ErrorOf([("odd", Floats(1, 7))], null).ShouldBe("odd");
        ErrorOf([("good", Floats(1, 2, 3)), ("turned", Floats(2, 3, 2))], null).ShouldBe("turned");
        ErrorOf([("integers", Tensor.Of(Shape.Of(1, 2, 3), new long[6]))], null).ShouldBe("integers");
        ErrorOf([("good", Floats(1, 2, 3))], Tensor.Of(Shape.Of(2), new long[] { 0, 1 })).ShouldBe("labels");
        ErrorOf([("good", Floats(1, 2, 3))], Tensor.Of(Shape.Of(1), new long[] { -1 })).ShouldBe("labels");
        ErrorOf([("good", Floats(1, 2, 3))], Floats(1)).ShouldBe("labels");
        ErrorOf([("many", Floats(10_001, 2, 3))], null).ShouldBe("many");
    }

    private string ErrorOf(IEnumerable<(string, Tensor)> arrays, Tensor? labels) =>
        reader.Read(arrays, labels is null ? null : ("labels", labels)).Error.ShouldNotBeNull().Source;

    private static Tensor Floats(params long[] shape)
    {
        var of = Shape.Of(shape);
        return Tensor.Of(of, [.. Enumerable.Range(0, (int)of.Count).Select(i => (float)i)]);
    }
}
