namespace Attune.Design.Spaces;

/// <summary>One thing that is wrong with a file that describes a design space.</summary>
/// <param name="Where">Place in the file, for example genes[3].values.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record SpaceFault(string Where, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Where.Length > 0 ? $"{Where}: {Message}" : Message;
}
