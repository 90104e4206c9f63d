using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Compile.Models;
using Attune.Compile.Weights;
using Attune.Kernels;
using Attune.Measuring.Models;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

namespace Attune.Cli.Tests.Tune;

public sealed class TuneFailuresTests
{
    private static readonly Network Network = new("n", [], [], [], ImmutableDictionary<string, Tensor>.Empty, ImmutableDictionary<string, TensorType>.Empty);

    [Fact]
    public void A_model_that_differs_is_a_gate_and_names_the_file_that_was_not_written()
    {
        Failure failure = Of(new ModelDiffers(new OutputError("y", 2, 0.5), 1e-4));
        failure.Exit.ShouldBe(ExitCode.Gate);
        failure.Code.ShouldBe(ErrorCodes.WrongResult);
        failure.Message.ShouldStartWith(
            "The compiled model differs from the reference kernels: output 'y' by 5e-1 of its largest magnitude, the tolerance is 1e-4.");
        failure.Message.ShouldContain("Nothing was written");
        failure.Where.ShouldBe("out.attune");
        failure.Next.ShouldContain("attune tune --without-fusion NAMES");
    }

    [Fact]
    public void When_nothing_works_causes_are_counted_and_the_first_is_quoted()
    {
        TuningTask task = new("conv", "conv", new Kernels.Spaces.Space([Kernels.Spaces.Knob.Choice("k", "a")]), 0, 1, 0);
        var outcomes = ImmutableSortedDictionary<Records.Outcome, int>.Empty.Add(Records.Outcome.Crash, 3).Add(Records.Outcome.WrongResult, 5);
        var tried = new TaskReport(task, 8, 0, null, null, false, TaskEnd.Failing, outcomes, "last");
        var report = new TuningReport([tried], RunEnd.NothingWorked, 8, 0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero) { FirstFailure = "no memory" };
        Failure failure = Of(new CandidatesFailed(report));
        failure.Exit.ShouldBe(ExitCode.Gate);
        failure.Code.ShouldBe(ErrorCodes.NothingWorked);
        failure.Message.ShouldBe("None of 8 candidates worked (5 wrong result, 3 crash), so nothing was written.");
        failure.Details.ShouldBe(["the first one: no memory"]);
        failure.Next.ShouldBe("attune doctor");
    }

    [Fact]
    public void A_format_that_no_layer_can_have_is_a_wrong_option()
    {
        Failure failure = Of(new FormatUnused(new NarrowedNetwork(Network, WeightFormat.I8, [], [], 0, 0)));
        failure.Exit.ShouldBe(ExitCode.Usage);
        failure.Code.ShouldBe(ErrorCodes.BadValue);
        failure.Message.ShouldStartWith("No weights of n can be stored as i8");
        failure.Next.ShouldBe("Leave --weights out.");
    }

    private static Failure Of(TuneError error) => TuneFailures.Of(error, new LoadedModel("zoo:n", Network, []), "out.attune");
}
