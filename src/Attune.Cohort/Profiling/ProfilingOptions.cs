using System.Collections.Immutable;
using Attune.Devices.Knobs;
using Attune.Devices.Meters;
using Attune.Runtime;

namespace Attune.Cohort.Profiling;

/// <summary>How a network is profiled.</summary>
public sealed record ProfilingOptions
{
    /// <summary>Timed runs of every setting and variant, 5 to 10000. Default 30 (design paper, 1.15).</summary>
    public int Runs { get; init; } = 30;

    /// <summary>
    /// Most stages, 1 to 512. Default 16; fewer where boundaries would cost more than a hundredth of a deadline of 1.2 times the fastest run.
    /// </summary>
    public int MaxStages { get; init; } = 16;

    /// <summary>Numbers of threads to measure; empty for all up to four and the powers of two above.</summary>
    public ImmutableArray<int> Threads { get; init; } = [];

    /// <summary>Further knobs to sweep; null for none. Stays the caller's.</summary>
    public KnobSession? Knobs { get; init; }

    /// <summary>Most values of each further knob, evenly spread, at least 2. Default 3.</summary>
    public int Levels { get; init; } = 3;

    /// <summary>
    /// Another copy of the model, with weights of its own and as many threads, that runs beside it so that it is seen how they slow each other down; null
    /// leaves that out. Stays the caller's.
    /// </summary>
    public CompiledModel? Rival { get; init; }

    /// <summary>Energy meter; null for none. Stays the caller's.</summary>
    public IEnergyMeter? Meter { get; init; }

    /// <summary>Least time over which energy is read, for each setting and variant. Default 200 ms (design paper, 1.15).</summary>
    public TimeSpan EnergyWindow { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Names of the variants besides the exact one, form 1 first.</summary>
    public ImmutableArray<string> VariantNames { get; init; } = [];

    /// <summary>Seed of the order in which settings are measured. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told how far things are; null for nobody.</summary>
    public Action<string>? Progress { get; init; }
}
