using System.Collections.Immutable;
using Attune.Experiments.Setup;

namespace Attune.Experiments.Iccv2021;

/// <summary>The ICCV 2021 experiment: what its runs gave, as the poster shows it.</summary>
public static class IccvExperiment
{
    /// <summary>Tuners that take part unless others are named: AutoTVM first, as the baseline, then the poster's two, then ours.</summary>
    public static ImmutableArray<string> Tuners { get; } = ["autotvm", "chameleon", "dgp", "auto"];

    /// <summary>Networks of the poster by their names in the zoo.</summary>
    public static ImmutableArray<string> Networks { get; } = ["mobilenet_v1", "alexnet", "vgg16", "resnet18"];

    /// <summary>Computes the table.</summary>
    /// <param name="setting">What was run.</param>
    /// <param name="outcome">What the runs gave.</param>
    /// <param name="tuningSets">Tuning sets, when they were compared.</param>
    /// <param name="history">What tuners with history were shown, one sentence.</param>
    public static IccvResults Analyse(ExperimentSetting setting, ExperimentOutcome outcome, ImmutableArray<TuningSetRow> tuningSets, string history) =>
        new(setting, new IccvAnalysis(outcome.Traces, setting.Arms).Table(outcome.Latencies), PublishedSearch.All, tuningSets, history);
}
