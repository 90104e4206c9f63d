namespace Attune.Design.Flow;

/// <summary>What is wrong with a source of accuracies.</summary>
public enum AccuracyFailure
{
    /// <summary>A table cannot be read, or names designs that cannot be listed.</summary>
    MalformedTable,

    /// <summary>Too few designs have a label.</summary>
    TooFewLabels,

    /// <summary>The program gave too few answers.</summary>
    ProgramFailed,
}
