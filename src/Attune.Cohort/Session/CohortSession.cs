using System.Collections.Immutable;
using Attune.Cohort.Decision;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Devices.Meters;
using Attune.Kernels;
using Attune.Measuring.Models;

namespace Attune.Cohort.Session;

/// <summary>
/// One run of a plan: the networks run periodically under one controller, on made-up inputs, while the plan's file is watched for changes.
/// What watches or steers it from outside may do so through <see cref="Cohort"/> and <see cref="Plan"/>. Use an instance once; dispose it after the run.
/// </summary>
public sealed class CohortSession : IDisposable
{
    private readonly RunnableCohort loaded;
    private readonly CohortSessionOptions options;
    private readonly IProgress<CohortEvent>? progress;
    private readonly RunNotes notes;

    /// <summary>Starts the controller; nothing runs yet.</summary>
    /// <param name="loaded">Plan, profiles and models; stays the caller's.</param>
    /// <param name="options">How to run them.</param>
    /// <param name="progress">Told what happens, on any thread; null for none.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public CohortSession(RunnableCohort loaded, CohortSessionOptions options, IProgress<CohortEvent>? progress = null)
    {
        this.loaded = loaded;
        this.options = options = options.Validated();
        this.progress = progress;
        notes = new RunNotes(progress);
        Cohort = RunningCohort.Start(loaded.Setup, loaded.Models, new RunningCohortOptions
        {
            Policy = options.Policy,
            Order = options.Order,
            Knobs = options.Knobs,
            Thermal = options.Thermal,
            Meter = options.Meter,
            Clock = options.Clock,
            Notify = notes.Add,
            Log = options.KeptDecisions > 0 || options.Journal is not null
                ? new DecisionLog(Math.Max(options.KeptDecisions, DecisionJournal.Room), loaded.Setup.Members.Length)
                : null,
        });
        Plan = new LivePlan(Cohort);
    }

    /// <summary>The running networks.</summary>
    public RunningCohort Cohort { get; }

    /// <summary>The plan in force, and the way to change it.</summary>
    public LivePlan Plan { get; }

    /// <summary>What the user should know, in order; after the run, all of it.</summary>
    public ImmutableArray<string> Notes => notes.All;

    /// <summary>Adds to <see cref="Notes"/>, for what watches the run from outside. Thread-safe.</summary>
    /// <param name="happened">What happened.</param>
    public void Note(string happened) => notes.Add(happened);

    /// <summary>Runs for the time that the options name.</summary>
    /// <param name="cancellation">Ends it earlier; what was counted until then is the result.</param>
    /// <exception cref="OperationCanceledException">It was cancelled before every network had run once.</exception>
    /// <exception cref="Records.Journals.JournalException">The file for decisions cannot be made.</exception>
    public CohortResult Run(CancellationToken cancellation = default)
    {
        IEnergyMeter? meter = options.Meter;
        using DecisionJournal? journal = options.Journal is { } path ? new DecisionJournal(path, Cohort, options.Policy, notes.Add) : null;
        Feed(cancellation);
        Cohort.ResetFigures();
        double? before = meter?.MilliJoules();
        Load(cancellation);
        double? energy = meter?.MilliJoules() - before;
        if (meter is not null && before is not null && energy is null)
        {
            notes.Add($"the meter {meter.Name} vanished");
        }

        CohortRunFigures figures = Cohort.Figures();
        CohortMode mode = Cohort.Glance().Mode;
        IReadOnlyList<DecisionEntry> kept = Cohort.Decisions(0).Entries;
        End(journal);
        return new CohortResult(figures, mode, energy, cancellation.IsCancellationRequested)
        {
            Decisions = [.. kept.TakeLast(options.KeptDecisions)],
            Limits = Cohort.Limits(),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => Cohort.Dispose();

    /// <summary>Gives every member an input and lets the cohort warm up.</summary>
    private void Feed(CancellationToken cancellation)
    {
        for (int member = 0; member < loaded.Models.Length; member++)
        {
            NetworkValue input = loaded.Models[member].Inputs[0];
            float[] sample = RandomInputs.For([input], member + 1)[input.Name].Elements<float>();
            Cohort.RequestAsync(member, sample).Wait(cancellation);
        }

        new PeriodicLoad(Cohort, member => Cohort.Setup.Members[member].PeriodUs).Run(options.WarmUp, cancellation);
    }

    private void Load(CancellationToken cancellation)
    {
        var watch = new PlanWatch(loaded.Path, Plan, notes.Add);
        var load = new PeriodicLoad(Cohort, Plan.PeriodUs)
        {
            Tick = now =>
            {
                watch.Look();
                progress?.Report(new CohortAdvanced(TimeSpan.FromMicroseconds(now)));
            },
        };
        load.Run(options.Duration, cancellation);
    }

    private void End(DecisionJournal? journal)
    {
        journal?.Dispose();
        if (journal is { Lost: > 0 and var lost })
        {
            notes.Add($"{lost} {(lost == 1 ? "decision" : "decisions")} came faster than they could be written, so {options.Journal} lacks them");
        }
    }
}
