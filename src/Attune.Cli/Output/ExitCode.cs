namespace Attune.Cli.Output;

/// <summary>Exit codes of every command. Scripts rely on them; a new meaning gets a new number.</summary>
internal enum ExitCode
{
    /// <summary>The command did what it was asked.</summary>
    Done = 0,

    /// <summary>A defect of Attune itself; a crash file was written.</summary>
    Bug = 1,

    /// <summary>Wrong arguments, or a file that cannot be read or written.</summary>
    Usage = 2,

    /// <summary>The model (or another input file) is malformed or not supported.</summary>
    Model = 3,

    /// <summary>A device, a peer or a part of the system is missing.</summary>
    Device = 4,

    /// <summary>A gate failed: a result is wrong, or slower than demanded.</summary>
    Gate = 5,

    /// <summary>Stopped early; what was found is kept and the same command resumes.</summary>
    Stopped = 6,
}
