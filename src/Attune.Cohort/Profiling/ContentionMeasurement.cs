using Attune.Cohort.Control;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Numerics;
using Attune.Runtime;

namespace Attune.Cohort.Profiling;

/// <summary>
/// How much longer a network takes while another copy of it runs all the time, by running both as a cohort does: stages share the machine where both have room
/// on its processors, and take turns where they have not. Stateless.
/// </summary>
internal static class ContentionMeasurement
{
    private const int MinRounds = 3;
    private const int RoundShare = 5;
    private const int JobsOfRound = 3;

    // Nothing is ever late here.
    private const double DeadlineFactor = 1000;

    /// <summary>Measures at every number of threads, with further knobs as they are: they change both times alike, or nearly so.</summary>
    /// <param name="profile">The network's profile, of processors.</param>
    /// <param name="model">The model.</param>
    /// <param name="rival">Another copy of it, with weights of its own.</param>
    /// <param name="input">What both compute.</param>
    /// <param name="options">How the network is profiled.</param>
    /// <param name="cancellation">Stops between two rounds.</param>
    /// <returns>The profile with factors; those of settings whose runs failed stay unknown.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static CohortProfile Run(
        CohortProfile profile, CompiledModel model, CompiledModel rival, float[] input, ProfilingOptions options, CancellationToken cancellation)
    {
        int knob = profile.Knobs.Select(each => each.Id).ToList().IndexOf(RunningCohort.ThreadsKnob);
        var factors = new Dictionary<double, double?>();
        foreach (ProfileSetting setting in profile.Settings)
        {
            double threads = setting.Values[knob];
            if (!factors.ContainsKey(threads))
            {
                // With a single setting there is nothing to choose.
                CohortSetup setup = SetupOf(profile with { Settings = [setting] });
                using RunningCohort cohort = RunningCohort.Start(
                    setup, [model, rival], new RunningCohortOptions { Policy = "max", Clock = options.Clock });
                factors.Add(threads, Factor(
                    cohort, input, Math.Max(MinRounds, options.Runs / RoundShare), $"{threads:0} threads", options.Progress, cancellation));
            }
        }

        return profile with { Settings = [.. profile.Settings.Select(setting => setting with { Contention = factors[setting.Values[knob]] })] };
    }

    /// <summary>A cohort of a network and its rival.</summary>
    /// <param name="profile">The profile of both, with one setting.</param>
    public static CohortSetup SetupOf(CohortProfile profile)
    {
        var plan = new CohortPlan
        {
            Name = "contention",
            Folder = ".",
            Members = [.. new[] { "measured", "rival" }.Select(name => new CohortMember(name) { Profile = name, DeadlineFactor = DeadlineFactor })],
        };
        return CohortSetup.Create(plan, [profile, profile]).Value ?? throw new InvalidOperationException("A profile does not agree with itself.");
    }

    /// <summary>The time of a cohort's first member while the second runs all the time, over its time alone.</summary>
    /// <param name="cohort">A cohort of two.</param>
    /// <param name="input">What both compute.</param>
    /// <param name="rounds">How often both are timed, at least 1.</param>
    /// <param name="where">What is measured, for people.</param>
    /// <param name="progress">Told how far it is; null for nobody.</param>
    /// <param name="cancellation">Stops between two rounds.</param>
    /// <returns>1 or more; null where a run failed.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static double? Factor(
        RunningCohort cohort, float[] input, int rounds, string where, Action<string>? progress, CancellationToken cancellation)
    {
        bool works = Job(cohort, 0, input) is not null && Job(cohort, 1, input) is not null;
        var alone = new List<double>();
        var beside = new List<double>();
        for (int round = 0; works && round < rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke($"contention  {where}, round {round + 1} of {rounds}");
            works = Jobs(cohort, alone);
            using var stop = new CancellationTokenSource();
            var rival = new Thread(() => Repeat(cohort, stop.Token)) { IsBackground = true, Name = "attune-rival" };
            rival.Start();

            // The first job may begin before the rival's.
            works = works && Job(cohort, 0, default) is not null && Jobs(cohort, beside);
            stop.Cancel();
            rival.Join();
        }

        return works ? Math.Clamp(Quantiles.Median(beside) / Quantiles.Median(alone), 1, ProfileSetting.MaxContention) : null;
    }

    private static bool Jobs(RunningCohort cohort, List<double> times)
    {
        for (int i = 0; i < JobsOfRound; i++)
        {
            if (Job(cohort, 0, default) is not { } us)
            {
                return false;
            }

            times.Add(us);
        }

        return true;
    }

    /// <summary>Time of one job, microseconds; null where it failed.</summary>
    private static double? Job(RunningCohort cohort, int member, ReadOnlyMemory<float> input)
    {
        JobReport report = cohort.RequestAsync(member, input).GetAwaiter().GetResult();
        return report.Status == JobStatus.Done ? Math.Max(1e-3, report.ResponseUs) : null;
    }

    /// <summary>
    /// Keeps the rival busy, on a thread of its own that nothing else delays. A job is asked for when the one before has ended: one that waited would count as
    /// behind its schedule, and be preferred.
    /// </summary>
    private static void Repeat(RunningCohort cohort, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && Job(cohort, 1, default) is not null)
        {
        }
    }
}
