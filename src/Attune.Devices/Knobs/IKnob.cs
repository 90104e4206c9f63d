using System.Collections.Immutable;

namespace Attune.Devices.Knobs;

/// <summary>A knob of this machine. One thread at a time turns it; others may read meanwhile.</summary>
public interface IKnob
{
    /// <summary>What it is.</summary>
    Knob Description { get; }

    /// <summary>True when somebody else puts it back once this process is gone, so that this one need not prepare for it.</summary>
    bool IsRestoredElsewhere => false;

    /// <summary>What the machine does now; null when that cannot be read.</summary>
    long? Read();

    /// <summary>Turns it, in the order that the system wants, without reading back. Allocates nothing when all is well.</summary>
    /// <param name="value">One of the knob's values.</param>
    /// <returns>Null when the system took the value, else what it said.</returns>
    KnobChange? Turn(long value);

    /// <summary>Compares what the machine does with what it was asked for.</summary>
    /// <param name="asked">The value of the latest <see cref="Turn"/>.</param>
    KnobChange ReadBack(long asked);

    /// <summary>What undoes all later writes, in the order in which it is to be done.</summary>
    ImmutableArray<RestoreStep> Snapshot();
}
