using System.Collections.Immutable;
using Attune.Experiments.Setup;

namespace Attune.Experiments.Date2021;

/// <summary>The DATE 2021 experiment: what its runs gave, as the paper shows it.</summary>
public static class DateExperiment
{
    private const int InitialSet = 64;
    private const int DiversityTasks = 8;

    /// <summary>Tuners that take part unless others are named: AutoTVM first, as the baseline, then the paper's two, then ours.</summary>
    public static ImmutableArray<string> Tuners { get; } = ["autotvm", "bted", "bted+bao", "auto"];

    /// <summary>Networks of the paper by their names in the zoo.</summary>
    public static ImmutableArray<string> Networks { get; } = ["alexnet", "resnet18", "vgg16", "mobilenet_v1", "squeezenet_v1.1"];

    /// <summary>Computes table and figures.</summary>
    /// <param name="setting">What was run.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="outcome">What the runs gave.</param>
    public static DateResults Analyse(ExperimentSetting setting, ImmutableArray<ExperimentTask> tasks, ExperimentOutcome outcome)
    {
        var analysis = new DateAnalysis(tasks, outcome.Traces, setting.Arms, setting.Trials);
        return new DateResults(
            setting,
            setting.IsRecorded ? analysis.TableOfKernels() : analysis.Table(outcome.Latencies),
            PublishedLatency.All,
            analysis.Layers(),
            analysis.Curves(),
            [.. tasks.Take(DiversityTasks).SelectMany(task => Diversity.Of(task, InitialSet, seed: 1))]);
    }
}
