using System.Collections.Immutable;
using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Measuring;
using Attune.Tuning;

namespace Attune.Cli.Tests.Tune;

public sealed class CheckedModelTests
{
    private static readonly TensorType Type = new(DataType.Float32, Shape.Of(1, 4, 5, 5));

    [Fact]
    public void A_model_that_does_as_the_network_that_was_read_is_written()
    {
        Gate(read: "Relu", compiled: "Relu").Verified([]).ShouldBeEmpty();
    }

    [Fact]
    public void A_model_that_does_something_else_is_refused()
    {
        // As if a pass had put another operator in the place of the one that was read.
        Failure failure = Should.Throw<CommandFailedException>(() => Gate(read: "Relu", compiled: "Abs").Verified([])).Failure;
        failure.Exit.ShouldBe(ExitCode.Gate);
        failure.Code.ShouldBe(ErrorCodes.WrongResult);
        failure.Message.ShouldContain("output 'y'");
        failure.Message.ShouldContain("Nothing was written");
        failure.Where.ShouldBe("out.attune");
        failure.Next.ShouldNotBeEmpty();
    }

    private static CheckedModel Gate(string read, string compiled)
    {
        var plan = new TunePlan(
            new LoadedModel("zoo:n", Of(read), []),
            WeightNarrowing.Apply(Of(compiled), WeightFormat.F32),
            Budget.Parse("1trials"),
            1,
            "random",
            new SearcherOptions(),
            1,
            MeasureOptions.Default,
            TimeSpan.FromSeconds(5),
            "records.jsonl",
            "out.attune",
            []);
        var progress = new ProgressLine(new Terminal(TextWriter.Null, TextWriter.Null, interactive: false, colour: false, width: null), TimeProvider.System);
        return new CheckedModel(plan, new MemoryTrialLog(), progress, progress.Report, TimeProvider.System);
    }

    private static Network Of(string op) => new(
        "n",
        [new NetworkValue("x", Type)],
        [new NetworkValue("y", Type)],
        [new Node("op", op, 13, ["x"], ["y"], Attributes.None)],
        ImmutableDictionary<string, Tensor>.Empty,
        ImmutableDictionary<string, TensorType>.Empty.Add("x", Type).Add("y", Type));
}
