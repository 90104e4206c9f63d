namespace Attune.Tuning.Tests.Gate;

/// <summary>What is wrong with a planted kernel. Each is far faster than any right one.</summary>
public enum PlantedFault
{
    /// <summary>Computes half of its work units.</summary>
    PartOfUnits,

    /// <summary>The first row of the image is wrong.</summary>
    Borders,

    /// <summary>One run in a hundred, by chance, is wrong in one element.</summary>
    OnceInAHundred,

    /// <summary>Writes one element behind its output.</summary>
    WritesBehind,

    /// <summary>Writes one element before its output.</summary>
    WritesBefore,

    /// <summary>Writes behind the thread's scratch.</summary>
    WritesBehindScratch,

    /// <summary>Changes one element of its input after it was read.</summary>
    WritesIntoInput,

    /// <summary>Changes one element of its weights' memory after it was read.</summary>
    WritesIntoWeights,

    /// <summary>Leaves NaN in one element.</summary>
    LeavesNaN,

    /// <summary>Never writes one element.</summary>
    Unwritten,

    /// <summary>Right on the first input it sees and wrong on every other one.</summary>
    OnlyFirstInput,

    /// <summary>Half of the output is wrong, then one NaN, then all is right.</summary>
    NaNThenGood,

    /// <summary>Right only while every input is below one in magnitude.</summary>
    OnlySmallNumbers,

    /// <summary>Right only while an input is at least one thousandth.</summary>
    OnlyLargeNumbers,

    /// <summary>The second thread leaves its last work unit out.</summary>
    OnSecondThread,
}
