Attribute VB_Name = "xlflowButton"
Option Explicit
' The button of xlflow. A click saves a copy of this workbook, has the copy checked and scored, and
' writes the answer into the open workbook: the computed block, notes and colours at the cells that
' have a problem, and the sheet of results. What a person typed is never changed.
'
' Nothing runs unless the button is clicked. No reference and no Declare are needed, so this is the
' same for 32 and 64 bit Office and for WPS with VBA.
'
' The copy is scored in the first of four ways that is there:
'   1. xlwings, where its add-in or its module is loaded;
'   2. a server, whose address stands in this workbook (name xlf.server) or in the registry;
'   3. the program xlflow desk, which watches a folder;
'   4. the command of xlflow, where the registry names it.
' The registry is HKEY_CURRENT_USER\Software\VB and VBA Program Settings\xlflow\button:
' server, token, folder, command, and xlwings = no to leave out the first way.
'
' Only messages are written in Chinese here; what decides anything is plain ASCII or ChrW, so that
' the macro does the same on a Windows whose code page is not 936.

Private Const HEAD As String = "xlflow 1"
Private Const LAST As String = "end"
Private Const OURS As String = "xlflow"
Private Const ALWAYS_TRUE As String = "=ISTEXT(""xlflow"")"
Private Const SECONDS_TO_WAIT As Long = 60
Private Const SECONDS_TO_TAKE As Long = 15
Private Const LONGEST_NAME As Long = 100
Private Const COMPLAINT As Long = -2147220991
Private Const FIRST_HIDDEN_COLUMN As Long = 27
Private Const STYLES As String = "title line heading text centre link points percent " _
    & "error warning note red yellow green blue"

' Why no way led to an answer so far, a sentence for each.
Private Reasons As String

' -- the click ------------------------------------------------------------------------------------

Public Sub XlflowScore()
    Dim CopyPath As String, Answer As String, Told As String, Kind As Long
    Reasons = ""
    If ScoredByXlwings() Then Exit Sub
    On Error GoTo Failed
    Application.StatusBar = "正在核对评分，请稍候……"
    CopyPath = SavedCopy()
    Answer = ServerAnswer(CopyPath)
    If Answer = "" Then Answer = DeskAnswer(CopyPath)
    If Answer = "" Then Answer = CommandAnswer(CopyPath)
    If Answer = "" Then Complain "没有可用的评分方式。" & Reasons & "请直接报送本表（报送后照样核对评分），或者请信息技术人员按《评分按钮说明》设置。"
    Told = XlflowPut(Answer)
    Kind = vbInformation
Done:
    On Error Resume Next
    Application.StatusBar = False
    If CopyPath <> "" Then Kill CopyPath
    MsgBox Told, Kind, "评分"
    Exit Sub
Failed:
    Told = Err.Description
    Kind = vbExclamation
    If Err.Number <> COMPLAINT Then Told = "评分没有完成（" & Told & "）。填写的内容没有改动，请保存本表后再点一次“评分”；仍不行的，请直接报送。"
    Resume Done
End Sub

' Ends the click with a sentence that says what to do.
Private Sub Complain(ByVal Sentence As String)
    Err.Raise COMPLAINT, OURS, Sentence
End Sub

' -- the ways to an answer ------------------------------------------------------------------------

' xlwings writes into the open workbook itself, and tells the person.
Private Function ScoredByXlwings() As Boolean
    Dim Place As Variant, Result As Variant, Mine As String, Done As Boolean
    If Setting("xlwings") = "no" Then Exit Function
    Mine = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!RunPython"
    For Each Place In Array(Mine, "xlwings.xlam!RunPython")
        Result = Empty
        On Error Resume Next
        Result = Application.Run(Place, "import xlflow.button; xlflow.button.score()")
        Done = Err.Number = 0 And CStr(Result) <> "-1"
        On Error GoTo 0
        If Done Then Exit For
    Next
    ScoredByXlwings = Done
End Function

Private Function ServerAnswer(ByVal CopyPath As String) As String
    Dim Address As String, Request As Object
    Address = ServerAddress()
    If Address = "" Then Exit Function
    Set Request = Posted(Address, CopyPath, TokenFor(Address))
    If Request Is Nothing Then Exit Function
    If Request.Status = 401 Then
        If Not TokenGiven(Address) Then Complain "没有填写口令，评分没有进行。口令由下发本表的单位提供。"
        Set Request = Posted(Address, CopyPath, TokenFor(Address))
        If Request Is Nothing Then Exit Function
    End If
    ServerAnswer = TextOf(Request.ResponseBody)
    If Request.Status = 401 Then SaveSetting OURS, "button", "token@" & Address, ""
    If Left$(ServerAnswer, Len(OURS)) <> OURS Then Complain Refusal(Request.Status)
End Function

' Nothing where the server can not be reached; then the next way is tried.
Private Function Posted(ByVal Address As String, ByVal CopyPath As String, _
    ByVal Token As String) As Object
    Dim Request As Object
    On Error GoTo Unreachable
    Set Request = CreateObject("WinHttp.WinHttpRequest.5.1")
    Request.SetTimeouts 5000, 5000, 60000, 120000
    Request.Open "POST", Address & "/api/score", False
    Request.SetRequestHeader "Content-Type", "application/octet-stream"
    Request.SetRequestHeader "Accept", "text/plain"
    Request.SetRequestHeader "X-Xlflow-Name", PercentEncoded(ThisWorkbook.Name)
    If Token <> "" Then Request.SetRequestHeader "Authorization", "Bearer " & Token
    Request.Send FileBytes(CopyPath)
    Set Posted = Request
    Exit Function
Unreachable:
    Reasons = Reasons & "连不上评分服务器 " & Address & "（请检查网络，稍后再试）。"
End Function

Private Function Refusal(ByVal Status As Long) As String
    Select Case Status
        Case 401: Refusal = "口令不对。请向下发本表的单位核实口令，再点“评分”重新输入。"
        Case 403: Refusal = "这个口令不能用于本单位的表。请核对表中的单位名称和编码，或者向下发本表的单位核实口令。"
        Case 413: Refusal = "本表太大，评分服务器不收。请删去表中的图片等附件后再点“评分”。"
        Case 429, 503: Refusal = "评分服务器正忙。请过一分钟再点“评分”。"
        Case Else: Refusal = "评分服务器没有受理（编号 " & Status & "）。请稍后再试；仍不行的，请把编号告诉下发本表的单位。"
    End Select
End Function

Private Function ServerAddress() As String
    Dim Found As String
    Found = Setting("server")
    If Found = "" Then
        On Error Resume Next
        Found = ThisWorkbook.Names("xlf.server").RefersTo
        On Error GoTo 0
        Found = Replace(Replace(Found, "=""", ""), """", "")
    End If
    If Right$(Found, 1) = "/" Then Found = Left$(Found, Len(Found) - 1)
    ServerAddress = Found
End Function

' A token goes only to the address it was given for, whatever a workbook names.
Private Function TokenFor(ByVal Address As String) As String
    TokenFor = Setting("token@" & Address)
    If TokenFor = "" And Setting("server") <> "" Then TokenFor = Setting("token")
End Function

Private Function TokenGiven(ByVal Address As String) As Boolean
    Dim Token As String
    Token = Trim$(InputBox("请输入本单位的口令（由下发本表的单位提供，只需输入一次）：" & vbLf & Address, "评分"))
    If Token <> "" Then SaveSetting OURS, "button", "token@" & Address, Token
    TokenGiven = Token <> ""
End Function

Private Function DeskAnswer(ByVal CopyPath As String) As String
    Dim Folder As String, Stem As String, Inside As String
    Folder = DeskFolder()
    If Not IsThere(Folder & "\in", vbDirectory) Then Exit Function
    Stem = Mid$(CopyPath, InStrRev(CopyPath, "\") + 1)
    Inside = Folder & "\in\" & Stem
    On Error GoTo NotPut
    FileCopy CopyPath, Inside & ".part"
    Name Inside & ".part" As Inside
    On Error GoTo 0
    DeskAnswer = Awaited(Folder & "\out\" & Stem, Inside)
    If DeskAnswer = "" Then Reasons = Reasons & "本机的 xlflow desk 没有运行（请先启动它，再点“评分”）。"
    Exit Function
NotPut:
    Reasons = Reasons & "不能写入 xlflow desk 的文件夹 " & Folder & "（" & Err.Description & "）。"
End Function

Private Function CommandAnswer(ByVal CopyPath As String) As String
    Dim Command As String, Folder As String, Number As Long
    Command = Setting("command")
    If Command = "" Then Exit Function
    Folder = Left$(CopyPath, InStrRev(CopyPath, "\")) & "out"
    On Error Resume Next
    If Not IsThere(Folder, vbDirectory) Then MkDir Folder
    Err.Clear
    Shell Command & " desk --once """ & CopyPath & """ --out """ & Folder & """", vbHide
    Number = Err.Number
    On Error GoTo 0
    If Number = 70 Or Number = 5 Then
        Reasons = Reasons & "本机的安全策略不允许 Office 启动程序（请先启动 xlflow desk，再点“评分”）。"
    ElseIf Number <> 0 Then
        Reasons = Reasons & "找不到 xlflow 程序（" & Command & "）。"
    Else
        CommandAnswer = Awaited(Folder & Mid$(CopyPath, InStrRev(CopyPath, "\")), "")
    End If
End Function

' Waits for the answer to a copy, and clears away what was put beside it. "" says that the copy
' was not even taken out of the folder where it had been put.
Private Function Awaited(ByVal Scored As String, ByVal Handed As String) As String
    Dim Started As Date, Text As String
    Started = Now
    Do
        Application.Wait Now + TimeSerial(0, 0, 1)
        If IsThere(Scored & ".txt", vbNormal) Then Text = TextOf(FileBytes(Scored & ".txt"))
        If IsWhole(Text) Then Exit Do
        If Handed <> "" And Now > Started + TimeSerial(0, 0, SECONDS_TO_TAKE) Then
            If IsThere(Handed, vbNormal) Then Exit Do
        End If
        If Now > Started + TimeSerial(0, 0, SECONDS_TO_WAIT) Then
            Complain "等了 " & SECONDS_TO_WAIT & " 秒还没有收到评分结果。填写的内容没有改动，请稍后再点一次“评分”，或者直接报送本表。"
        End If
    Loop
    On Error Resume Next
    If IsWhole(Text) Then
        Awaited = Text
        Kill Scored & ".txt"
        Kill Scored
    Else
        Kill Handed
    End If
End Function

Private Function Setting(ByVal Key As String) As String
    Setting = Trim$(GetSetting(OURS, "button", Key, ""))
End Function

Private Function DeskFolder() As String
    DeskFolder = Setting("folder")
    If DeskFolder = "" Then DeskFolder = Environ$("LOCALAPPDATA") & "\xlflow\desk"
End Function

' -- files and texts ------------------------------------------------------------------------------

' The copy holds what is on the screen, saved or not; the open workbook stays as it is.
Private Function SavedCopy() As String
    Dim Folder As String
    Folder = Environ$("TEMP") & "\xlflow"
    On Error GoTo NotSaved
    If Not IsThere(Folder, vbDirectory) Then MkDir Folder
    SavedCopy = Folder & "\" & Format$(Now, "yyyymmddhhnnss") _
        & Right$(Format$(Timer, "0.000"), 3) & "_" & Right$(ThisWorkbook.Name, LONGEST_NAME)
    ThisWorkbook.SaveCopyAs SavedCopy
    Exit Function
NotSaved:
    Complain "不能保存本表的副本（" & Err.Description & "）。请检查磁盘空间，或者把本表另存到本机硬盘后再点“评分”。"
End Function

Private Function IsThere(ByVal Path As String, ByVal Kind As Long) As Boolean
    On Error Resume Next
    IsThere = Dir$(Path, Kind) <> ""
End Function

Private Function FileBytes(ByVal Path As String) As Variant
    Dim Handle As Long, Bytes() As Byte
    Handle = FreeFile
    Open Path For Binary Access Read As #Handle
    ReDim Bytes(0 To LOF(Handle) - 1)
    Get #Handle, , Bytes
    Close #Handle
    FileBytes = Bytes
End Function

' The text that bytes in UTF-8 hold, without the mark at their beginning.
Public Function TextOf(ByVal Bytes As Variant) As String
    Dim At As Long, Size As Long, Code As Long, Length As Long, Text As String
    If Not IsArray(Bytes) Then Exit Function
    At = LBound(Bytes)
    Size = UBound(Bytes)
    If Size < At Then Exit Function
    Text = Space$(Size - At + 1)
    Do While At <= Size
        If Bytes(At) < 128 Then
            Code = Bytes(At)
            At = At + 1
        ElseIf Bytes(At) < 224 Then
            Code = (Bytes(At) And 31) * 64& + (Bytes(At + 1) And 63)
            At = At + 2
        ElseIf Bytes(At) < 240 Then
            Code = (Bytes(At) And 15) * 4096& + (Bytes(At + 1) And 63) * 64& _
                + (Bytes(At + 2) And 63)
            At = At + 3
        Else
            Code = (Bytes(At) And 7) * 262144 + (Bytes(At + 1) And 63) * 4096& _
                + (Bytes(At + 2) And 63) * 64& + (Bytes(At + 3) And 63) - 65536
            At = At + 4
            Length = Length + 1
            Mid$(Text, Length, 1) = ChrW(55296 + Code \ 1024)
            Code = 56320 + Code Mod 1024
        End If
        If Code <> 65279 Then
            Length = Length + 1
            Mid$(Text, Length, 1) = ChrW(Code)
        End If
    Loop
    TextOf = Left$(Text, Length)
End Function

' A text as it may stand in the header of a request: bytes of UTF-8, each as %XX.
Public Function PercentEncoded(ByVal Text As String) As String
    Dim At As Long, Code As Long, Low As Long
    At = 1
    Do While At <= Len(Text)
        Code = CodeAt(Text, At)
        At = At + 1
        If Code >= 55296 And Code < 56320 And At <= Len(Text) Then
            Low = CodeAt(Text, At)
            At = At + 1
            Code = 65536 + (Code - 55296) * 1024 + Low - 56320
        End If
        If Code < 128 Then
            PercentEncoded = PercentEncoded & OneByte(Code)
        ElseIf Code < 2048 Then
            PercentEncoded = PercentEncoded & OneByte(192 + Code \ 64) & OneByte(128 + Code Mod 64)
        ElseIf Code < 65536 Then
            PercentEncoded = PercentEncoded & OneByte(224 + Code \ 4096) _
                & OneByte(128 + (Code \ 64) Mod 64) & OneByte(128 + Code Mod 64)
        Else
            PercentEncoded = PercentEncoded & OneByte(240 + Code \ 262144) _
                & OneByte(128 + (Code \ 4096) Mod 64) & OneByte(128 + (Code \ 64) Mod 64) _
                & OneByte(128 + Code Mod 64)
        End If
    Loop
End Function

Private Function CodeAt(ByVal Text As String, ByVal At As Long) As Long
    CodeAt = AscW(Mid$(Text, At, 1))
    If CodeAt < 0 Then CodeAt = CodeAt + 65536
End Function

Private Function OneByte(ByVal Code As Long) As String
    OneByte = "%" & Right$("0" & Hex$(Code), 2)
End Function

' -- the answer -----------------------------------------------------------------------------------

Private Function IsWhole(ByVal Answer As String) As Boolean
    Dim Tail As String
    Tail = Replace(Right$(Answer, 8), vbCr, "")
    Do While Right$(Tail, 1) = vbLf
        Tail = Left$(Tail, Len(Tail) - 1)
    Loop
    IsWhole = Right$(Tail, 4) = vbLf & LAST
End Function

' Writes an answer into the workbook; returns the sentence for the person.
Public Function XlflowPut(ByVal Answer As String) As String
    Dim Before As Long, Locked As Collection, Number As Long, Sentence As String
    If Left$(Answer, 7) <> Left$(HEAD, 7) Or Not IsWhole(Answer) Then Complain "收到的评分结果不完整，没有写入本表。请再点一次“评分”。"
    If Left$(Answer, Len(HEAD) + 1) <> HEAD & vbTab Then Complain "本表的评分按钮与评分程序版本不同，结果没有写入。请使用最新下发的表，或者直接报送本表。"
    Set Locked = Unlocked(Answer)
    Before = Application.Calculation
    On Error GoTo Failed
    Application.ScreenUpdating = False
    Application.EnableEvents = False
    Application.Calculation = -4135
    XlflowPut = XlflowWrite(Answer)
Done:
    On Error Resume Next
    Application.Calculation = Before
    Application.EnableEvents = True
    Application.ScreenUpdating = True
    LockAgain Locked
    On Error GoTo 0
    If Number <> 0 Then Err.Raise Number, OURS, Sentence
    Exit Function
Failed:
    Number = COMPLAINT
    Sentence = "评分结果没有全部写入本表（" & Err.Description & "）。填写的内容没有改动，请再点一次“评分”。"
    If Err.Number = COMPLAINT Then Sentence = Err.Description
    Resume Done
End Function

' Takes the marks of an earlier answer away, and writes this one; a form that can not be read
' stays as it is.
Public Function XlflowWrite(ByVal Answer As String) As String
    Dim Lines As Variant, Row As Variant, Fields As Variant
    Lines = Split(Replace(Answer, vbCr, ""), vbLf)
    XlflowWrite = Plain(Split(Lines(0), vbTab)(6))
    If Split(Lines(0), vbTab)(1) = "quarantined" Then Exit Function
    TakeMarks
    For Each Row In Lines
        Fields = Split(Row, vbTab)
        If UBound(Fields) >= 3 Then
            Select Case Fields(0)
                Case "V": PutValue CellOf(Fields), Fields(3), Plain(Fields(UBound(Fields)))
                Case "N": PutNote CellOf(Fields), Plain(Fields(3))
                Case "H": PutColour CellOf(Fields), Fields(3)
            End Select
        End If
    Next
    PutResults Lines
End Function

Private Function CellOf(ByVal Fields As Variant) As Object
    Set CellOf = ThisWorkbook.Worksheets(Plain(Fields(1))).Range(Fields(2))
End Function

' A field as it was before tabs and line ends in it were written as \t and \n.
Public Function Plain(ByVal Field As String) As String
    Plain = Replace(Replace(Replace(Field, "\\", Chr$(1)), "\t", vbTab), "\n", vbLf)
    Plain = Replace(Plain, Chr$(1), "\")
End Function

' A text begins with an apostrophe, which is not part of it: no text becomes a number or a formula.
Private Sub PutValue(ByVal Cell As Object, ByVal Kind As String, ByVal Value As String)
    If Cell.HasFormula Then Exit Sub
    Select Case Kind
        Case "n": Cell.Value = Val(Value)
        Case "b": Cell.Value = (Value = "1" Or LCase$(Value) = "true")
        Case "s": Cell.Value = "'" & Value
        Case Else: Cell.Value = Empty
    End Select
End Sub

' -- protection -----------------------------------------------------------------------------------

' Opens the protected sheets for writing; returns each with what its protection allows.
Private Function Unlocked(ByVal Answer As String) As Collection
    Dim Sheet As Object, Allowed As Variant, Opened As New Collection
    For Each Sheet In ThisWorkbook.Worksheets
        If Sheet.ProtectContents Then
            Allowed = Allowances(Sheet)
            On Error Resume Next
            Sheet.Unprotect ""
            On Error GoTo 0
            If Not Sheet.ProtectContents Then
                Opened.Add Array(Sheet, Allowed)
            ElseIf InStr(Answer, vbTab & Sheet.Name & vbTab) > 0 Then
                LockAgain Opened
                Complain "工作表“" & Sheet.Name & "”设有保护密码，评分结果没有写入。请撤销该表的保护后再点“评分”，或者直接报送本表。"
            End If
        End If
    Next
    Set Unlocked = Opened
End Function

Private Function Allowances(ByVal Sheet As Object) As Variant
    On Error Resume Next
    With Sheet.Protection
        Allowances = Array(Sheet.ProtectDrawingObjects, Sheet.ProtectScenarios, _
            .AllowFormattingCells, .AllowFormattingColumns, .AllowFormattingRows, _
            .AllowInsertingColumns, .AllowInsertingRows, .AllowInsertingHyperlinks, _
            .AllowDeletingColumns, .AllowDeletingRows, _
            .AllowSorting, .AllowFiltering, .AllowUsingPivotTables)
    End With
End Function

Private Sub LockAgain(ByVal Locked As Collection)
    Dim Pair As Variant, A As Variant
    For Each Pair In Locked
        A = Pair(1)
        If IsArray(A) Then
            Pair(0).Protect , A(0), True, A(1), False, A(2), A(3), A(4), _
                A(5), A(6), A(7), A(8), A(9), A(10), A(11), A(12)
        Else
            Pair(0).Protect
        End If
    Next
End Sub

' -- notes and colours ----------------------------------------------------------------------------

Private Sub TakeMarks()
    Dim Sheet As Object, At As Long
    For Each Sheet In ThisWorkbook.Worksheets
        If Not Sheet.ProtectContents Then
            For At = Sheet.Comments.Count To 1 Step -1
                If InStr(Sheet.Comments(At).Text, OURS) > 0 Then TakeNote Sheet.Comments(At)
            Next
            TakeColours Sheet
        End If
    Next
End Sub

Private Sub TakeNote(ByVal Note As Object)
    Dim Words As String, Kept As String
    Words = Note.Text
    Kept = WithoutOurs(Words)
    If Kept = Words Then Exit Sub
    If Trim$(Kept) = "" Then
        Note.Delete
    Else
        Note.Text Kept
    End If
End Sub

' What a person wrote in a note: all but the lines from our first to our last one.
Public Function WithoutOurs(ByVal Words As String) As String
    Dim Row As Variant, Inside As Boolean, Begun As Boolean
    For Each Row In Split(Replace(Words, vbCr, ""), vbLf)
        If Left$(Row, 1) = ChrW(9472) And InStr(Row, OURS) > 0 Then
            Inside = Not Inside
        ElseIf Not Inside Then
            If Begun Then WithoutOurs = WithoutOurs & vbLf
            WithoutOurs = WithoutOurs & Row
            Begun = True
        End If
    Next
End Function

' Colours and looks are not worth an error: the words say the same, and a program may lack them.
Private Sub TakeColours(ByVal Sheet As Object)
    Dim At As Long, Count As Long, Formula As String
    On Error Resume Next
    Count = Sheet.Cells.FormatConditions.Count
    For At = Count To 1 Step -1
        Formula = ""
        Formula = Sheet.Cells.FormatConditions(At).Formula1
        If InStr(Formula, Mid$(ALWAYS_TRUE, 2)) > 0 Then Sheet.Cells.FormatConditions(At).Delete
    Next
End Sub

Private Sub PutNote(ByVal Cell As Object, ByVal Words As String)
    If HasThread(Cell) Then Exit Sub
    If Cell.Comment Is Nothing Then
        Cell.AddComment Words
        Cell.Comment.Visible = False
        On Error Resume Next
        Cell.Comment.Shape.Width = 270
        Cell.Comment.Shape.Height = 15 * (3 + Len(Words) \ 20)
    Else
        Cell.Comment.Text Cell.Comment.Text & vbLf & Words
    End If
End Sub

' Threads of comments are of newer versions of Excel alone.
Private Function HasThread(ByVal Cell As Object) As Boolean
    On Error Resume Next
    HasThread = Not Cell.CommentThreaded Is Nothing
    If Err.Number <> 0 Then HasThread = False
End Function

Private Sub PutColour(ByVal Cell As Object, ByVal Colour As String)
    On Error Resume Next
    Cell.FormatConditions.Add(2, , ALWAYS_TRUE).Interior.Color = ColourOf(Colour)
End Sub

Private Function ColourOf(ByVal Hexadecimal As String) As Long
    ColourOf = RGB(Val("&H" & Mid$(Hexadecimal, 1, 2)), Val("&H" & Mid$(Hexadecimal, 3, 2)), _
        Val("&H" & Mid$(Hexadecimal, 5, 2)))
End Function

' -- the sheet of results -------------------------------------------------------------------------

Private Sub PutResults(ByVal Lines As Variant)
    Dim Sheet As Object, Cell As Object, Row As Variant, Fields As Variant, Words As Variant
    Dim Areas(0 To 14) As Object, At As Long, LastRow As Long, FormSheet As String
    Words = Split(STYLES, " ")
    For Each Row In Lines
        Fields = Split(Row, vbTab)
        If UBound(Fields) >= 3 And FormSheet = "" Then
            If InStr("VNH", Fields(0)) > 0 Then FormSheet = Plain(Fields(1))
        End If
        If UBound(Fields) >= 5 Then
            If Fields(0) = "R" Then
                If Sheet Is Nothing Then Set Sheet = ClearedSheet(Plain(Fields(4)))
                Set Cell = Sheet.Cells(CLng(Fields(1)), CLng(Fields(2)))
                PutValue Cell, Fields(3), Plain(Fields(4))
                If Fields(5) = "link" Then PutLink Cell, Plain(Fields(4)), FormSheet
                For At = 0 To UBound(Words)
                    If Words(At) = Fields(5) Then Set Areas(At) = Joined(Areas(At), Cell)
                Next
                If CLng(Fields(1)) > LastRow Then LastRow = CLng(Fields(1))
            End If
        End If
    Next
    If Sheet Is Nothing Then Exit Sub
    For At = 0 To UBound(Words)
        If Not Areas(At) Is Nothing Then Dress Areas(At), Words(At)
    Next
    SetOut Sheet, LastRow
End Sub

Private Function Joined(ByVal Area As Object, ByVal Cell As Object) As Object
    If Area Is Nothing Then
        Set Joined = Cell
    Else
        Set Joined = Application.Union(Area, Cell)
    End If
End Function

' Our sheet without what stood on it. A sheet of a person that has its name is left alone.
Private Function ClearedSheet(ByVal Title As String) As Object
    Dim Sheet As Object, Shown As Object, Number As Long, Wanted As String
    For Number = 1 To 99
        Wanted = ChrW(26680) & ChrW(23545) & ChrW(32467) & ChrW(26524) & IIf(Number = 1, "", CStr(Number))
        Set Sheet = SheetNamed(Wanted)
        If Sheet Is Nothing Then
            Set Shown = ThisWorkbook.ActiveSheet
            Set Sheet = ThisWorkbook.Worksheets.Add(, ThisWorkbook.Worksheets(ThisWorkbook.Worksheets.Count))
            Sheet.Name = Wanted
            Shown.Activate
        End If
        If CStr(Sheet.Range("A1").Value) = Title Or Application.WorksheetFunction.CountA(Sheet.Cells) = 0 Then Exit For
    Next
    Sheet.AutoFilterMode = False
    Sheet.Cells.Clear
    Set ClearedSheet = Sheet
    On Error Resume Next
    Sheet.Hyperlinks.Delete
End Function

Private Function SheetNamed(ByVal Wanted As String) As Object
    Dim Sheet As Object
    For Each Sheet In ThisWorkbook.Worksheets
        If LCase$(Sheet.Name) = LCase$(Wanted) Then Set SheetNamed = Sheet
    Next
End Function

' A place is a cell of the only form, or one with its sheet: Sheet!C5.
Private Sub PutLink(ByVal Cell As Object, ByVal Place As String, ByVal FormSheet As String)
    Dim Mark As Long
    On Error Resume Next
    Mark = InStrRev(Place, "!")
    If Mark > 0 Then FormSheet = Left$(Place, Mark - 1)
    If FormSheet = "" Then Exit Sub
    Cell.Worksheet.Hyperlinks.Add Cell, "", "'" & Replace(FormSheet, "'", "''") & "'!" & Mid$(Place, Mark + 1)
End Sub

Private Sub Dress(ByVal Area As Object, ByVal Word As String)
    On Error Resume Next
    Area.Font.Name = IIf(Word = "title" Or Word = "heading", "黑体", "宋体")
    Area.Font.Size = IIf(Word = "title", 16, 10)
    Area.VerticalAlignment = -4108
    Area.WrapText = Word <> "title"
    If Word <> "line" And Word <> "text" Then Area.HorizontalAlignment = -4108
    If Word = "title" Or Word = "line" Then Exit Sub
    Area.Borders.LineStyle = 1
    Area.Borders.Color = ColourOf("BFBFBF")
    Select Case Word
        Case "heading": Area.Interior.Color = ColourOf("EDF1F7")
        Case "points": Area.NumberFormat = "0.00"
        Case "percent": Area.NumberFormat = "0.00%"
        Case "link": Paint Area, "0563C1", ""
        Case "error": Paint Area, "922B21", "FADBD8"
        Case "warning": Paint Area, "7D6608", "FCF3CF"
        Case "note": Paint Area, "424949", "EAECEE"
        Case "red": Paint Area, "922B21", "F5B7B1"
        Case "yellow": Paint Area, "7D6608", "FCE79A"
        Case "green": Paint Area, "1E6B3A", "BFE5CB"
        Case "blue": Paint Area, "1A4F8A", "B9D7F2"
    End Select
    If Word = "link" Then Area.Font.Underline = 2
End Sub

Private Sub Paint(ByVal Area As Object, ByVal Ink As String, ByVal Paper As String)
    Area.Font.Color = ColourOf(Ink)
    If Paper <> "" Then Area.Interior.Color = ColourOf(Paper)
End Sub

' Widths, heights and merged cells, as the sheet has them in a scored copy.
Private Sub SetOut(ByVal Sheet As Object, ByVal LastRow As Long)
    Dim Widths As Variant, At As Long
    On Error Resume Next
    Widths = Array(6, 8, 8, 12, 34, 96, 2)
    For At = 0 To 6
        Sheet.Columns(At + 1).ColumnWidth = Widths(At)
    Next
    For At = 8 To FIRST_HIDDEN_COLUMN - 1
        If Sheet.Cells(4, At).Value <> "" Then
            Sheet.Columns(At).ColumnWidth = IIf(At = 9, 34, IIf(Sheet.Cells(4, At + 1).Value = "", 70, 14))
        End If
    Next
    Sheet.Range(Sheet.Columns(FIRST_HIDDEN_COLUMN), Sheet.Columns(FIRST_HIDDEN_COLUMN + 9)).Hidden = True
    If LastRow > 4 Then Sheet.Range(Sheet.Rows(5), Sheet.Rows(LastRow)).AutoFit
    For At = 1 To 3
        Sheet.Range(Sheet.Cells(At, 1), Sheet.Cells(At, 6)).Merge
    Next
    Sheet.Rows(1).RowHeight = 30
    Sheet.Rows(2).RowHeight = 22 * (1 + UBound(Split(CStr(Sheet.Range("A2").Value), vbLf)))
    Sheet.Rows(3).RowHeight = 20
    Sheet.Rows(4).RowHeight = 22
    Sheet.Range(Sheet.Cells(4, 1), Sheet.Cells(IIf(LastRow > 4, LastRow, 5), 6)).AutoFilter
End Sub
