using Attune.Compile.Models;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Runtime;
using Attune.Runtime.Tests.Files;

namespace Attune.Compile.Tests.Models;

public sealed class RunnableModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Tuned => folder.File("m.attune");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_tuned_file_runs_with_what_it_says()
    {
        TunedModelFile.Save(Tuned, Samples.Model());
        using RunnableModel model = RunnableModel.Load(Tuned, new RunnableModelOptions { Threads = 1 }).Value.ShouldNotBeNull();
        model.Name.ShouldBe("m.attune");
        model.Threads.ShouldBe(1);
        model.Tuned.ShouldNotBeNull().Device.ShouldBe(Samples.Model().Device);
        model.Narrowed.ShouldBeNull();
        model.Weights.ShouldBe(WeightFormat.F32);
    }

    [Fact]
    public void A_file_that_is_missing_is_an_error() =>
        RunnableModel.Load(Tuned, new RunnableModelOptions()).Error.ShouldBeOfType<TunedModelUnusable>().Error.Failure.ShouldBe(TunedModelFailure.NotFound);

    [Fact]
    public void A_file_whose_weights_are_to_be_narrowed_is_read_whole_and_missing_too() =>
        RunnableModel.Load(Tuned, new RunnableModelOptions { Weights = WeightFormat.I8 }).Error.ShouldBeOfType<TunedModelUnusable>()
            .Error.Failure.ShouldBe(TunedModelFailure.NotFound);

    [Fact]
    public void Weights_that_no_layer_can_narrow_are_an_error_with_the_network()
    {
        // A 3x3 convolution is no layer whose weights can be narrow.
        var sketch = new Runtime.Tests.NetworkSketch(3);
        sketch.Conv(sketch.Input("x", 1, 4, 6, 6), [1, 8, 6, 6], 3, 1, 1);
        string path = folder.File("net.onnx");
        Graph.OnnxWriter.Write(sketch.Finish(), path);
        WeightsUnfit unfit = RunnableModel.Load(path, new RunnableModelOptions { Weights = WeightFormat.I8 }).Error.ShouldBeOfType<WeightsUnfit>();
        unfit.Model.ShouldBe("net");
        unfit.Narrowed.Layers.ShouldBeEmpty();
        using RunnableModel model = RunnableModel.Load(path, new RunnableModelOptions { Threads = 1 }).Value.ShouldNotBeNull();
        model.Name.ShouldBe("net (default configurations)");
        model.Source.ShouldBe(path);
        model.Tuned.ShouldBeNull();
    }

    [Fact]
    public void Narrow_weights_stay_narrow_and_become_no_other_format()
    {
        var sketch = new Runtime.Tests.NetworkSketch(7);
        string x = sketch.Input("x", 1, 6);
        string w = sketch.Constant("w", 6, 6);
        Network dense = sketch.Finish(sketch.Node(FusedOperators.Dense, [x, w], [1, 6], Attributes.None.With("transB", 1L), 1));
        TunedModelFile.Save(Tuned, Samples.Model(WeightNarrowing.Apply(dense, WeightFormat.I8).Network));
        WeightsRoundedAlready rounded = RunnableModel.Load(Tuned, new RunnableModelOptions { Weights = WeightFormat.F16 })
            .Error.ShouldBeOfType<WeightsRoundedAlready>();
        (rounded.Present, rounded.Wanted).ShouldBe((WeightFormat.I8, WeightFormat.F16));
        using RunnableModel same = RunnableModel.Load(Tuned, new RunnableModelOptions { Weights = WeightFormat.I8, Threads = 1 }).Value.ShouldNotBeNull();
        same.Name.ShouldBe("m.attune, i8 weights");
        same.Weights.ShouldBe(WeightFormat.I8);
    }
}
