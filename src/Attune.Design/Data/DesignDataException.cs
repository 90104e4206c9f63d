namespace Attune.Design.Data;

/// <summary>A table of designs cannot be used; the message says which file and line, why, and what would help.</summary>
/// <param name="message">The message.</param>
public sealed class DesignDataException(string message) : Exception(message);
