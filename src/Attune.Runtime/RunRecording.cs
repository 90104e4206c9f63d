using System.Collections.Immutable;
using System.Diagnostics;
using Attune.Runtime.Execution;

namespace Attune.Runtime;

/// <summary>
/// When every thread did its share of every step in a series of runs. All memory is taken beforehand, so nothing is allocated while the model runs; a thread
/// writes only to its own array. Complete and immutable once <see cref="CompiledModel.Record"/> has returned it.
/// </summary>
public sealed class RunRecording
{
    private readonly int[] firstPhases;
    private readonly int stampsPerRun;
    private readonly long[][] stamps;
    private readonly long[] begun;
    private readonly long[] ended;
    private int current;

    internal RunRecording(ImmutableArray<int> phases, int members, int runs)
    {
        Phases = phases;
        Members = members;
        Runs = runs;
        firstPhases = new int[phases.Length];
        int sum = 0;
        for (int step = 0; step < phases.Length; step++)
        {
            firstPhases[step] = sum;
            sum += phases[step];
        }

        stampsPerRun = 1 + (2 * sum);
        stamps = [.. Enumerable.Range(0, members).Select(_ => new long[stampsPerRun * runs])];
        begun = new long[runs];
        ended = new long[runs];
    }

    /// <summary>Recorded runs.</summary>
    public int Runs { get; }

    /// <summary>Threads; 0 is the caller's.</summary>
    public int Members { get; }

    /// <summary>Number of phases of every step of <see cref="CompiledModel.Steps"/>; all threads meet after each phase.</summary>
    public ImmutableArray<int> Phases { get; }

    /// <summary>When the caller asked for a run and when it had the result, nanoseconds since the first run began.</summary>
    public (long Begin, long End) Run(int run) => (Nanoseconds(begun[run]), Nanoseconds(ended[run]));

    /// <summary>When a thread did its share of a phase.</summary>
    /// <param name="run">Run, 0 to <see cref="Runs"/> - 1.</param>
    /// <param name="member">Thread, 0 to <see cref="Members"/> - 1.</param>
    /// <param name="step">Position of the step.</param>
    /// <param name="phase">Phase of the step.</param>
    public PhaseTimes Phase(int run, int member, int step, int phase)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(phase, Phases[step]);
        int at = (run * stampsPerRun) + (2 * (firstPhases[step] + phase));
        long[] own = stamps[member];
        return new PhaseTimes(Nanoseconds(own[at]), Nanoseconds(own[at + 1]), Nanoseconds(own[at + 2]));
    }

    /// <summary>Time from the end of the step before to the end of this one on the caller's thread, barriers included, for every run. Milliseconds.</summary>
    /// <param name="step">Position of the step.</param>
    public double[] StepMs(int step) =>
        Phases[step] == 0
            ? new double[Runs]
            : [.. Enumerable.Range(0, Runs).Select(run => (Phase(run, 0, step, Phases[step] - 1).Met - Phase(run, 0, step, 0).Begin) / 1e6)];

    internal void BeginRun(int run)
    {
        current = run;
        begun[run] = Stopwatch.GetTimestamp();
    }

    /// <summary>Counts what the caller's thread did behind the last step as that step's.</summary>
    internal void EndLastStep()
    {
        long now = Stopwatch.GetTimestamp();
        int end = (current + 1) * stampsPerRun;
        stamps[0][end - 2] = now;
        stamps[0][end - 1] = now;
    }

    internal void EndRun() => ended[current] = Stopwatch.GetTimestamp();

    internal MemberStamps StampsOf(int member) => new(stamps[member], current * stampsPerRun);

    private long Nanoseconds(long timestamp) => (long)((timestamp - begun[0]) * (1e9 / Stopwatch.Frequency));
}
