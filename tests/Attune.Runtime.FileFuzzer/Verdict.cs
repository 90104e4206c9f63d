namespace Attune.Runtime.FileFuzzer;

/// <summary>What became of a file.</summary>
internal enum Verdict
{
    /// <summary>Loading gave a typed error.</summary>
    Refused,

    /// <summary>It ran, and computed what the reference kernels compute.</summary>
    Agreed,

    /// <summary>It ran; the reference kernels would take too long, or overflowed.</summary>
    Ran,

    /// <summary>It was accepted but is too large to be run here.</summary>
    TooLong,

    /// <summary>Running gave an error about its data or attributes.</summary>
    Stopped,

    /// <summary>It computed something else than the reference kernels.</summary>
    Different,

    /// <summary>Its plan reads what nothing wrote, or what something else wrote.</summary>
    Misplaced,

    /// <summary>An exception that is none of the runtime's errors.</summary>
    Untyped,

    /// <summary>The process died.</summary>
    Died,

    /// <summary>It took too long.</summary>
    Hung,
}
