using System.Collections.Immutable;

namespace Attune.Devices.Knobs;

/// <summary>Something of the machine that can be turned while networks run.</summary>
/// <param name="Id">Name, for example <c>cpufreq/policy0</c>.</param>
/// <param name="Unit">Unit of its values: kHz, Hz, MHz, percent or count.</param>
/// <param name="Values">Values that can be asked for, ascending.</param>
/// <param name="BeyondProcess">True when turning it changes what other processes get; such a knob is only turned when the user says so.</param>
public sealed record Knob(string Id, string Unit, ImmutableArray<long> Values, bool BeyondProcess)
{
    /// <summary>The smallest value.</summary>
    public long Min => Values[0];

    /// <summary>The largest value.</summary>
    public long Max => Values[^1];

    /// <summary>The value that can be asked for and is nearest to a wish.</summary>
    public long Nearest(long wish) => Values.MinBy(value => Math.Abs((decimal)value - wish));
}
