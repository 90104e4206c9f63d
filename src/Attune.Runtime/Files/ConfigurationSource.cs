namespace Attune.Runtime;

/// <summary>Where a configuration comes from.</summary>
public enum ConfigurationSource
{
    /// <summary>The template's default: nothing better was measured.</summary>
    Default,

    /// <summary>Found by tuning.</summary>
    Tuned,
}
