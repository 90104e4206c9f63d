using System.Collections.Immutable;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Measuring.Models;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

namespace Attune.Tuning.Tests.Session;

public sealed class CheckedModelTests
{
    private static readonly TensorType Type = new(DataType.Float32, Shape.Of(1, 4, 5, 5));

    [Fact]
    public void A_model_that_does_as_the_network_that_was_read_is_written()
    {
        ModelRepair repair = Gate(read: "Relu", compiled: "Relu").Verified([]);
        repair.Difference.ShouldBeNull();
        repair.Configurations.ShouldBeEmpty();
    }

    [Fact]
    public void A_model_that_does_something_else_is_refused()
    {
        // As if a pass had put another operator in the place of the one that was read.
        CheckedModel gate = Gate(read: "Relu", compiled: "Abs");
        OutputError wrong = gate.Verified([]).Difference.ShouldNotBeNull();
        wrong.Output.ShouldBe("y");
        var error = new ModelDiffers(wrong, gate.Tolerance);
        error.Message.ShouldContain("output 'y'");
        error.Message.ShouldContain("Nothing was written");
        error.Next.ShouldNotBeEmpty();
    }

    private static CheckedModel Gate(string read, string compiled)
    {
        var plan = new TunePlan(Of(read), WeightNarrowing.Apply(Of(compiled), WeightFormat.F32), new TuneOptions { Trials = 1, Threads = 1 });
        return new CheckedModel(plan, new MemoryTrialLog(), new Heard(), TimeProvider.System);
    }

    private static Network Of(string op) => new(
        "n",
        [new NetworkValue("x", Type)],
        [new NetworkValue("y", Type)],
        [new Node("op", op, 13, ["x"], ["y"], Attributes.None)],
        ImmutableDictionary<string, Tensor>.Empty,
        ImmutableDictionary<string, TensorType>.Empty.Add("x", Type).Add("y", Type));
}
