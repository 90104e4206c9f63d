namespace Attune.Devices.Knobs;

/// <summary>What came of turning a knob.</summary>
public enum KnobOutcome
{
    /// <summary>The machine does what was asked for, to two percent.</summary>
    Applied,

    /// <summary>The machine accepted the value but does something else: an upper limit of the vendor, of the system, or of temperature.</summary>
    Capped,

    /// <summary>The system refused the value.</summary>
    Refused,

    /// <summary>The knob's files are no longer there.</summary>
    Gone,

    /// <summary>Nothing was written, because knobs beyond the process were not released for writing.</summary>
    Dry,

    /// <summary>Nothing was written, because too many writes came in too short a time.</summary>
    TooOften,
}
