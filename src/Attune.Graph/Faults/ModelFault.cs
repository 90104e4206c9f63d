namespace Attune.Graph.Faults;

/// <summary>Something wrong with a model: an expected failure, reported as a value.</summary>
/// <param name="Code">One of <see cref="FaultCodes"/>.</param>
/// <param name="Message">What is wrong and why, with the offending names and numbers.</param>
/// <param name="Where">File, node or value concerned.</param>
/// <param name="Next">What the user can do about it.</param>
public sealed record ModelFault(string Code, string Message, string Where, string Next)
{
    /// <summary>One line: code, place, message and remedy.</summary>
    public override string ToString() => $"{Code} {Where}: {Message} {Next}";
}
