using System.Collections.Immutable;
using System.Globalization;
using Attune.Cohort.Plans;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Live;

/// <summary>
/// The plan in force while a cohort runs, and the only way to change it, whoever asks: an edited file, or a controller over the network. Mode, deadlines and
/// periods can change; a plan with a problem, or with anything that only a new start can change, leaves the old one as it is. Thread-safe.
/// </summary>
public sealed class LivePlan
{
    private readonly RunningCohort cohort;
    private readonly Lock gate = new();
    private readonly double[] periods;
    private CohortPlan plan;

    /// <summary>Begins with the plan that the cohort was made from.</summary>
    public LivePlan(RunningCohort cohort)
    {
        this.cohort = cohort;
        plan = cohort.Setup.Plan;
        periods = [.. cohort.Setup.Members.Select(member => member.PeriodUs)];
    }

    /// <summary>The plan in force.</summary>
    public CohortPlan Plan
    {
        get
        {
            lock (gate)
            {
                return plan;
            }
        }
    }

    /// <summary>Period of a member now, microseconds; whoever releases jobs asks before each release.</summary>
    public double PeriodUs(int member) => Volatile.Read(ref periods[member]);

    /// <summary>Takes over a plan that was read, as a whole or not at all.</summary>
    public PlanChange Take(Result<CohortPlan, DocumentError> load) => Take(_ => load);

    /// <summary>Takes over a plan that is made from the one in force; nobody changes that one in between.</summary>
    /// <param name="read">Makes the new plan.</param>
    public PlanChange Take(Func<CohortPlan, Result<CohortPlan, DocumentError>> read)
    {
        lock (gate)
        {
            Result<CohortPlan, DocumentError> load = read(plan);
            if (!load.Succeeded)
            {
                return new PlanChange([], load.Error.Problems, NeedsStart: false);
            }

            ImmutableArray<DocumentProblem> refusals = Refusals(load.Value);
            return refusals.IsEmpty ? new PlanChange(Take(load.Value), [], NeedsStart: false) : new PlanChange([], refusals, NeedsStart: true);
        }
    }

    private ImmutableArray<DocumentProblem> Refusals(CohortPlan next)
    {
        var refusals = ImmutableArray.CreateBuilder<DocumentProblem>();
        if (next.Members.Select(Fixed).SequenceEqual(plan.Members.Select(Fixed)))
        {
            for (int i = 0; i < next.Members.Length; i++)
            {
                (double deadline, double period) = Times(next, i);
                if (period < deadline)
                {
                    refusals.Add(new DocumentProblem($"members[{i}].period_ms", $"the period of '{next.Members[i].Name}' is shorter than its deadline"));
                }
            }
        }
        else
        {
            refusals.Add(new DocumentProblem("members", "it has other members, models, profiles or weights"));
        }

        Same("knobs", next.Knobs.SequenceEqual(plan.Knobs), "it has other knobs");
        Same("meter", next.Meter == plan.Meter, "it has another meter");
        Same("control", next.Control == plan.Control, "it has other control options");
        return refusals.ToImmutable();

        void Same(string path, bool same, string message)
        {
            if (!same)
            {
                refusals.Add(new DocumentProblem(path, message));
            }
        }
    }

    private ImmutableArray<string> Take(CohortPlan next)
    {
        var taken = ImmutableArray.CreateBuilder<string>();
        if (next.Mode != plan.Mode)
        {
            cohort.SetMode(next.Mode);
            taken.Add($"the mode is now {CohortModes.NameOf(next.Mode)}");
        }

        for (int i = 0; i < next.Members.Length; i++)
        {
            (double Deadline, double Period) after = Times(next, i);
            if (Times(plan, i) != after)
            {
                cohort.SetDeadline(i, after.Deadline, after.Period);
                Volatile.Write(ref periods[i], after.Period);
                taken.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the deadline of '{next.Members[i].Name}' is now {after.Deadline / 1000:0.###} ms, its period {after.Period / 1000:0.###} ms"));
            }
        }

        plan = next;
        return taken.ToImmutable();
    }

    private static (string, string?, string?, string?, int) Fixed(CohortMember member) =>
        (member.Name, member.Model, member.Profile, member.Tables, member.Weight);

    private (double Deadline, double Period) Times(CohortPlan from, int member)
    {
        double deadline = from.Members[member].DeadlineFor(cohort.Setup.Members[member].FastestUs);
        return (deadline, from.Members[member].PeriodUs ?? deadline);
    }
}
