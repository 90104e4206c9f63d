namespace Attune.Records.Journals;

/// <summary>Somebody before whom the lines of a journal pass, one by one.</summary>
internal interface IJournalVisitor
{
    /// <summary>Told the fields of a line that is a record. True asks for the whole record.</summary>
    bool Wants(JournalFields fields);

    /// <summary>Told of a record that was asked for, or whose line shows no fields before it is decoded.</summary>
    void Take(TuningRecord record);
}
