namespace Attune.Tuning.Recorded.Formats;

/// <summary>What a configuration that is recorded twice means.</summary>
internal enum RepeatRule
{
    /// <summary>The table is broken.</summary>
    Refuse,

    /// <summary>It was measured again: the fastest counts, as in TVM's dispatch.</summary>
    KeepFastest,
}
