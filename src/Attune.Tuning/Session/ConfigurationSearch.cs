using System.Collections.Immutable;
using Attune.Measuring;
using Attune.Measuring.Models;
using Attune.Measuring.Probes;
using Attune.Tuning.Choices;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>
/// Searches every task alone, then chooses among the best inside the model. What is chosen there is confirmed like what the search itself chose.
/// </summary>
/// <param name="plan">What is tuned.</param>
/// <param name="time">Time of the session.</param>
/// <param name="measurer">Measures candidates; stays the caller's.</param>
/// <param name="log">Keeps trials.</param>
/// <param name="progress">Told what happens.</param>
/// <param name="clock">Time.</param>
internal sealed class ConfigurationSearch(TunePlan plan, TuneTime time, IMeasurer measurer, ITrialLog log, IProgress<TuneEvent> progress, TimeProvider clock)
{
    private const int MaxFinalists = 6;
    private const int MaxPairForms = 3;
    private const int MaxModels = 9;
    private const long MiddleModelBytes = 100L << 20;
    private const long LargeModelBytes = 300L << 20;

    // The rest of the choice's time is for confirming what was chosen.
    private const double SelectionShare = 0.8;

    /// <summary>Searches, then chooses inside the model. A choice that turns out to be wrong is out, and the choice is made again.</summary>
    /// <param name="finish">How the time is divided.</param>
    /// <param name="costs">What the steps of the end cost.</param>
    /// <param name="cancellation">Ends the search at once; what was found so far is given.</param>
    public async Task<(TuningReport Report, ModelSelection? Selection)> RunAsync(FinishPlan finish, FinishCosts costs, CancellationToken cancellation)
    {
        TuningOptions options = plan.Options.Run;
        TuningReport report = await new TuningRun(
            plan.Tasks, options with { Budget = finish.Searching }, measurer, log, clock, progress.Report).RunAsync(cancellation);
        if (report.End == RunEnd.NothingWorked)
        {
            return (report, null);
        }

        time.Enter("choose");
        var chosen = new ConfirmedChoice(new Confirmation(options, measurer, log, clock), options.ConfirmationTime, progress);
        while (true)
        {
            (TuningReport refined, ModelSelection? selection) = Refine(report, ChoosingTime(finish), costs, cancellation);
            try
            {
                if (selection is null || await chosen.FirstWrongAsync(report, selection, ChoosingTime(finish), cancellation) is not { } wrong)
                {
                    return (refined, selection);
                }

                report = report with { Tasks = [.. report.Tasks.Select(task => task.Task.Key == wrong.Task ? task.Without(wrong.Index) : task)] };
            }
            catch (OperationCanceledException)
            {
                // What the search itself confirmed is good enough to be kept.
                return (report, null);
            }
        }
    }

    // A search that ended early leaves its time to the choice; null without a time budget.
    private TimeSpan? ChoosingTime(FinishPlan finish) => time.Left(plan.Options.Budget) - finish.Comparing - finish.Verifying;

    // Each finalist needs the model's weights once more, so huge models compare only best and default.
    private (TuningReport Report, ModelSelection? Selection) Refine(TuningReport report, TimeSpan? available, FinishCosts costs, CancellationToken cancellation)
    {
        TimeSpan? limit = available * SelectionShare;
        if (limit < costs.Choosing(FinishPlan.MinModels, FinishPlan.MinRounds))
        {
            return (report, null);
        }

        TaskReport[] timed = [.. report.Tasks.Where(task => task.BestMs is not null)];
        bool isOver = report.End == RunEnd.Cancelled || cancellation.IsCancellationRequested;
        if (isOver || timed.Length == 0 || (timed.All(task => task.RunsDefault) && timed.All(task => !task.Task.IsAlternative)))
        {
            return (report, null);
        }

        int models = plan.WeightBytes > LargeModelBytes ? 2 : plan.WeightBytes > MiddleModelBytes ? 4 : MaxModels;
        progress.Report(new ChoosingStarted(limit));
        var alternatives = timed.ToDictionary(task => task.Task.Key, task => Alternatives(task, task.Task.IsAlternative ? MaxPairForms : MaxFinalists));
        try
        {
            var selection = new InModelSelection(plan.Fused, plan.ModelOptions, clock)
            {
                CrossCoreSecondsPerByte = CrossCoreProbe.SecondsPerByte(plan.Options.Threads, clock: clock),
                MaxModels = models,
                Limit = limit,
                Costs = costs,
            };
            ModelSelection chosen = selection.Run(alternatives, RandomInputs.For(plan.Fused.Inputs, plan.Options.Seed), cancellation);
            return (report with { Tasks = [.. report.Tasks.Select(task => With(task, chosen))] }, chosen);
        }
        catch (OperationCanceledException)
        {
            // What the search found is good enough to be kept.
            return (report, null);
        }
    }

    // The default always has a place: it is what the tuned model will be compared with.
    private static ImmutableArray<TaskAlternative> Alternatives(TaskReport task, int max) =>
    [
        .. task.Finalists.Take(max - 1).Concat(task.Finalists.Where(finalist => finalist.Index == task.Task.DefaultIndex)).Distinct()
            .Select(finalist => new TaskAlternative(task.Task.Space[finalist.Index], finalist.Ms) { IsDefault = finalist.Index == task.Task.DefaultIndex }),
    ];

    private static TaskReport With(TaskReport task, ModelSelection chosen) =>
        chosen.Tasks.TryGetValue(task.Task.Key, out SelectedTask? choice) && choice.Configuration.Index is var index && index != task.BestIndex
            ? task with { BestIndex = index, BestMs = task.Finalists.First(finalist => finalist.Index == index).Ms }
            : task;
}
