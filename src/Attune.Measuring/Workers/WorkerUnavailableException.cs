namespace Attune.Measuring.Workers;

/// <summary>No worker could be started: nothing can be measured. The message carries the command and what the worker printed.</summary>
public sealed class WorkerUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the user can do about it.</summary>
    public string Next { get; } = "Run the worker command of the message by hand to see why it ends; to look at the machine: attune doctor";
}
