using System.Collections.Immutable;

namespace Attune.Devices.Knobs;

/// <summary>A knob of this machine. Not thread-safe: one session turns it.</summary>
public interface IKnob
{
    /// <summary>What it is.</summary>
    Knob Description { get; }

    /// <summary>What the machine does now; null when that cannot be read.</summary>
    long? Read();

    /// <summary>Turns it, in the order that the system wants, and reads back.</summary>
    /// <param name="value">One of the knob's values.</param>
    KnobChange Write(long value);

    /// <summary>What undoes all later writes, in the order in which it is to be done.</summary>
    ImmutableArray<RestoreStep> Snapshot();
}
