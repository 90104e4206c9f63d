namespace Attune.Tuning.Chameleon;

/// <summary>Which configuration CHAMELEON measures for a cluster.</summary>
public enum SampleSynthesis
{
    /// <summary>The centre in the clustered knobs, random settings of the samples in the others, as the published code does.</summary>
    Random,

    /// <summary>The centre in the clustered knobs, the cluster's most frequent setting in the others, as the paper says.</summary>
    Frequent,

    /// <summary>No synthesis: the member that the model likes best.</summary>
    Member,
}
