using System.Collections.Immutable;
using Attune.Compile.Flow;
using Attune.Compile.Models;
using Attune.Runtime;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>The last comparison of a tune, which decides what is written: what was found against the default configurations, as whole models.</summary>
/// <param name="plan">What is tuned.</param>
/// <param name="progress">Told what begins and how far it is.</param>
/// <param name="clock">Time.</param>
internal sealed class DefaultComparison(TunePlan plan, IProgress<TuneEvent> progress, TimeProvider clock)
{
    // What it gets when the user interrupted or there is nothing to compare, and when a noisy machine and the budget call for many rounds.
    private static readonly TimeSpan ShortTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongTime = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Compares what was found with the default configurations. What an interrupted tune found is compared too, briefly: nothing is written that may be slower.
    /// </summary>
    /// <param name="report">What the search found.</param>
    /// <param name="found">What is going to be written.</param>
    /// <param name="alike">True when that is the default configurations: then there is only one model to time.</param>
    /// <param name="available">Time there is, asked for when the models are compiled.</param>
    /// <param name="cancellation">Ends it as soon as it can tell anything.</param>
    /// <returns>The comparison, null when nothing was timed; and the gain of every task, by key.</returns>
    public async Task<(ModelComparison? Latency, ImmutableDictionary<string, TaskGain> Gains)> RunAsync(
        TuningReport report, ImmutableArray<TunedConfiguration> found, bool alike, Func<TimeSpan> available, CancellationToken cancellation)
    {
        bool interrupted = report.End == RunEnd.Cancelled;
        bool isDefaultWrong = report.Tasks.Any(task => !task.Task.IsAlternative && task.Disqualified.Contains(task.Task.DefaultIndex));
        if (isDefaultWrong || (alike && interrupted))
        {
            // Where a default gives wrong results there is nothing to compare with, nor to fall back on.
            return (null, ImmutableDictionary<string, TaskGain>.Empty);
        }

        progress.Report(new ComparingStarted(alike, interrupted));
        using var plain = CompiledModel.Compile(plan.Fused, TunedConfigurations.None, plan.ModelOptions);
        using CompiledModel? tuned = alike ? null : CompiledModel.Compile(plan.Fused, TunedConfigurations.Of(found), plan.ModelOptions);
        TimeSpan limit = interrupted || alike ? ShortTime : available();
        ModelComparison latency = await new PairedComparison(clock).RunAsync(
            new TimedModel(plain, plan.Options.Seed),
            tuned is null ? null : new TimedModel(tuned, plan.Options.Seed),
            limit < LongTime ? limit : LongTime,
            comparison => progress.Report(new ComparisonAdvanced(comparison)),
            interrupted ? CancellationToken.None : cancellation);
        var flow = ModelDataFlow.Of(plan.Fused, plan.Options.Threads, plan.Options.Target);
        return (latency, tuned is null || latency.KeepsDefaults
            ? TaskGains.Of(new ModelComparison(latency.Default, []), plain.Steps, plain.Steps, flow)
            : TaskGains.Of(latency, plain.Steps, tuned.Steps, flow));
    }
}
