namespace Attune.Runtime;

/// <summary>What runs a node of a network.</summary>
public enum NodeExecution
{
    /// <summary>A kernel compiled for its shapes, chosen from a space of kernels by tuning.</summary>
    Tuned,

    /// <summary>
    /// A kernel compiled for its shapes; there is only one, so nothing is searched. Nodes that cost nothing, because they only rename memory, count here too.
    /// </summary>
    Compiled,

    /// <summary>The reference kernel: plain loops for any types and shapes, many times slower.</summary>
    Reference,

    /// <summary>
    /// Kernels that are compiled while the model runs, since types are known only then: for shapes that depend on numbers, and for If, Loop and Scan.
    /// </summary>
    AtRunTime,
}
