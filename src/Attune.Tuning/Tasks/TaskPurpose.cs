namespace Attune.Tuning.Tasks;

/// <summary>What tasks are searched for, which decides what a search is told about them beforehand and what is measured besides.</summary>
public enum TaskPurpose
{
    /// <summary>
    /// A model, or records that a model's tune goes on from: the templates suggest first points, and the best kernels of every class of sharing work among
    /// threads are timed, because a neighbour inside the model may favour another class than the kernel alone (decision 0014).
    /// </summary>
    Model,

    /// <summary>
    /// Kernels that are used as they are found: the templates suggest first points, but nothing is chosen inside a model afterwards, so no time goes to other
    /// classes.
    /// </summary>
    Kernels,

    /// <summary>A comparison of searchers: what is compared is searching alone, so nobody is told what the templates suggest.</summary>
    Comparison,
}
